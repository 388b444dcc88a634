/** What the person chose, as nobody can forget it: what is captured against it must not leave the device. */

import type { Realm } from './realm'
import type { Sim } from './sim'

/** ms that a choice takes to be durable at most, where nothing hinders it. */
const DURABLE_WITHIN_MS = 60

export class Refusal {
  /** Since when the person refuses, in ms of the timeline. */
  private since: number | undefined

  constructor(private readonly sim: Sim) {}

  refuse(): void {
    this.since = this.sim.time.elapsed
  }

  agree(): void {
    this.since = undefined
  }

  /** Whether a page that captures now does so only because it has not heard of the refusal. */
  get holds(): boolean {
    return this.since !== undefined
  }

  /** Whether the refusal could be written down, and read by this page: a disk that fails is no disk to rely on. */
  isKnownTo(page: Realm, version: number): boolean {
    const { sim, since } = this
    if (since === undefined || sim.time.elapsed - since < DURABLE_WITHIN_MS) return false
    const hindered = Math.max(page.hinderedUntil, sim.diskHinderedUntil)
    return hindered < since && sim.storageWorksFor(version)
  }
}
