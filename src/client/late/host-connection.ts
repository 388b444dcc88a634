/** The connection to the host: finds one, fails over to the next of the ladder, and goes back to a better one. */

import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { PageMessage } from '../../core/host/messages'
import type { PendingEvents } from '../../core/queue/pending-events'
import type { Log } from '../first/log'
import type { OutlastEvents, Ready } from '../types'
import type { Channel, Connect, Failed } from './channel'
import type { WorkerPlace } from './worker-remedies'

/**
 * `connecting`: a host is looked for, and questions wait for it. `disconnected`: no host can be had now; it is tried
 * again, and questions are answered without a host meanwhile. `ended`: the client is closed.
 */
export type Phase = 'connecting' | 'connected' | 'disconnected' | 'ended'

export interface HostConnectionPorts {
  clock: Clock
  connect: Connect
  receive(raw: unknown): void
  degraded(change: OutlastEvents['degraded']): void
  warn(message: string): void
  warnOf: Log['warnOf']
  /** Where the worker is, if there is one. */
  workerAt?(): WorkerPlace | undefined
  /** Whether events are pending in the host's memory, which this host alone can deliver. */
  isNeeded(): boolean
  /** There is another host, or none: what was known of the host before is true no longer. */
  onChange(): void
  onConnected(): void
  onDisconnected(): void
}

export interface HostConnection {
  /** `ended` is set from outside. */
  phase: Phase
  /** Whether a host can be asked, now or once it is connected. */
  readonly mayBeAsked: boolean
  /** The way to the host, while there is one. */
  readonly channel: Channel | undefined
  connect(failed?: Failed): Promise<void>
  post(message: PageMessage): void
  /** Leaves the host for the next one of the ladder. */
  failOver(reason: string): void
  /** Goes back to the worker, once one answers. Events that only this page's memory has are delivered first. */
  goBack(): void
  /** Leaves the host for another one. `take` gets what a host in memory still had, before there is the other one. */
  moveOn(take: (pending: PendingEvents[]) => void): Promise<void>
  /** The host has stored a handover, so it is no worker that was removed. */
  proven(): void
}

/** Failures in a row, of answers and of storage together, after which the connection fails over. */
export const FAIL_OVER_AFTER = 3

/** While there is no host at all, one is looked for again after this many ms. */
const RECONNECT_MS = 10_000

/** The value of `ready` while there is no host. */
export const DISCONNECTED: Ready = { host: 'memory', storage: 'memory' }

export function createHostConnection(ports: HostConnectionPorts): HostConnection {
  const { clock, degraded: emitDegraded, warn, warnOf } = ports
  /** The channel to a host further up the ladder that answers again. */
  let better: Channel | undefined
  let removals = 0

  async function connect(failed?: Failed): Promise<void> {
    use(undefined)
    const opened = await ports.connect(ports.receive, failed).catch((error) => ({ error }))
    if (self.phase === 'ended') return
    if ('error' in opened) return goWithoutHost(failed, opened.error)
    const { channel: next, degraded } = opened
    if (degraded !== undefined) emitDegraded({ from: failed?.host ?? 'worker', to: next.host, reason: degraded })
    use(next)
    void opened
      .better?.(() => self.phase === 'ended' || self.channel !== next)
      .then((found) => {
        if (self.phase === 'ended' || self.channel !== next) return void found.close()
        better = found
        goBack()
      })
  }

  function use(next: Channel | undefined): void {
    self.channel = next
    // While disconnected, calls go on without a host until the next one is connected.
    if (next) self.phase = 'connected'
    else if (self.phase === 'connected') self.phase = 'connecting'
    ports.onChange()
    if (next) ports.onConnected()
  }

  function goBack(): void {
    if (!better || (self.channel?.storage === 'memory' && ports.isNeeded())) return
    const lesser = self.channel
    use(better)
    better = undefined
    void lesser?.close()
  }

  /** No host could be had: its code did not load, say. Events wait here, and calls are answered without a host. */
  function goWithoutHost(failed: Failed | undefined, error: unknown): void {
    if (self.phase !== 'disconnected') {
      const reason = show(error)
      warn(`nothing can keep or send events now (${reason}); trying again`)
      emitDegraded({ from: failed?.host ?? 'worker', to: DISCONNECTED.host, reason })
    }
    self.phase = 'disconnected'
    ports.onDisconnected()
    void clock.timer(RECONNECT_MS).done.then(() => {
      // A worker that the connection has left may answer again.
      if (self.phase !== 'ended') void connect(failed?.host === 'worker' ? undefined : failed)
    })
  }

  function failOver(reason: string): void {
    const failed = self.channel
    if (!failed) return
    const left = { host: failed.host, reason }
    warnOf('left', failed.host, reason, failed.host === 'worker' ? ports.workerAt?.() : undefined)
    void failed.close()
    void connect(left)
  }

  const self: { -readonly [Name in keyof HostConnection]: HostConnection[Name] } = {
    phase: 'connecting',
    channel: undefined,
    get mayBeAsked() {
      return self.phase === 'connecting' || self.phase === 'connected'
    },
    connect,
    post(message) {
      const why = self.channel?.post(message)
      if (!why) return
      // The worker was removed under this page, perhaps with all of the site's data. A new one may be registered.
      removals += 1
      if (removals >= FAIL_OVER_AFTER) failOver(why)
      else void connect()
    },
    failOver,
    goBack,
    async moveOn(take) {
      const left = self.channel
      use(undefined)
      await left?.close()
      take((await left?.takeBack?.()) ?? [])
      if (self.phase !== 'ended') await connect()
    },
    proven() {
      removals = 0
    },
  }
  return self
}
