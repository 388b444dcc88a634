/** The requests of all relays of a browser: the hosts that they go to, and what holds the promises against them. */

import { LEASE_MS } from '../../src/core/base/limits'
import { readSettings, type TransportSettings } from '../../src/core/config/settings'
import { Oracle } from './oracle/oracle'
import { heldUp } from './oracle/requests'
import type { GivenRequest } from './oracle/witness'
import { Refusal } from './refusal'
import { RequestHost } from './request-host'
import type { RelayWorld } from './request-steps'
import type { Sim } from './sim'

/** The longest body that a relay takes unless told otherwise, and what is stored beside one. */
const MAX_BODY_BYTES = 1_000_000
const HEAD_SIZE = 65_536

/** Where nothing was in the way for so many ms, no request has waited for as long; */
export const AT_PEACE_MS = 120_000

/** without Web Locks a sender that died holds its requests until its lease ends. */
export const WITHOUT_LOCKS_MS = LEASE_MS + AT_PEACE_MS

/** What the number of a request stands behind in its address. */
const NUMBERED = /\/in\/(\d+)/

export class Requests {
  readonly hosts = new Map<string, RequestHost>()
  private readonly byQueue = new Map<string, RequestHost>()
  /** What the person chose in relays. */
  readonly refusal: Refusal
  /** Those that pages gave to relays. */
  readonly given: GivenRequest[] = []
  private readonly uuids = new Map<number, string>()
  /** Of each host's queue. */
  readonly settings: TransportSettings

  constructor(
    private readonly sim: Sim,
    readonly world: RelayWorld,
  ) {
    this.refusal = new Refusal(sim)
    const { options, hosts } = world
    const { maxAge, compress, ...same } = options
    this.settings = readSettings(
      {
        ...same,
        maxEventAge: maxAge,
        maxEventBytes: MAX_BODY_BYTES * 2 + HEAD_SIZE,
        compression: compress || 'none',
        ...{ flushAt: 1, flushInterval: 0, maxBatchSize: 1, maxConcurrentRequests: 1 },
      },
      () => undefined,
    )
    for (const origin of hosts) {
      const circumstances = () => ({ ...sim.circumstances, settings: this.settings, choices: this.refusal })
      const host = new RequestHost(sim, origin, new Oracle(circumstances, sim.oracle.findings, true))
      this.hosts.set(origin, host)
      this.byQueue.set(`relay:${encodeURIComponent(options.name ?? '')} ${origin}`, host)
    }
  }

  get all(): RequestHost[] {
    return [...this.hosts.values()]
  }

  ofQueue(queue: string): RequestHost | undefined {
    return this.byQueue.get(queue)
  }

  numberOf(url: string): number {
    return Number(NUMBERED.exec(url)?.[1])
  }

  uuidOf(url: string): string | undefined {
    return this.uuids.get(this.numberOf(url))
  }

  /** The library has given it an id. */
  named(number: number, uuid: string): void {
    this.uuids.set(number, uuid)
  }

  /** Whether a person has ever opted out in a relay. */
  get mayRefuse(): boolean {
    return this.all.some(({ ofQueue }) => ofQueue.trace.refusals > 0)
  }

  /** Nothing fails any more. */
  clear(): void {
    for (const host of this.all) host.clear()
  }

  /** @param peaceMs for how long nothing was in the way of a page that can send */
  checkHeldUp(peaceMs: number): void {
    const { circumstances, world } = this.sim
    const limitMs = world.locks ? AT_PEACE_MS : WITHOUT_LOCKS_MS
    if (peaceMs < limitMs) return
    const { wall } = circumstances
    for (const { hasFailed, ofQueue } of this.all) {
      if (hasFailed) continue
      for (const { uuid, committedAt = wall } of ofQueue.trace.onDisk) {
        ofQueue.hold({ uuid, waitedMs: wall - committedAt, limitMs }, heldUp)
      }
    }
  }
}
