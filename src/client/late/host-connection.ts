/** Which host there is: connects to one, goes on with the next of the ladder where it fails, and back to a better one. */

import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { PageMessage } from '../../core/host/messages'
import type { OutlastEvents, Ready } from '../types'
import type { Channel, Connect, Failed } from './channel'

/**
 * `connecting`: one is looked for, and what is asked meanwhile waits for it. `disconnected`: none can be had now; it is
 * tried again, and what is asked meanwhile is answered without one. `ended`: the client is closed.
 */
export type Phase = 'connecting' | 'connected' | 'disconnected' | 'ended'

export interface HostConnectionPorts {
  clock: Clock
  connect: Connect
  receive(raw: unknown): void
  degraded(change: OutlastEvents['degraded']): void
  warn(message: string): void
  /** Whether something is pending in the host's memory, which it alone can deliver. */
  isNeeded(): boolean
  /** What was known of the host is true no longer: there is none, or another one. */
  onChange(): void
  onConnected(): void
  onDisconnected(): void
}

export interface HostConnection {
  /** The owner of the connection sets `ended`. */
  phase: Phase
  /** Whether a host can be asked, now or once it is connected. */
  readonly mayBeAsked: boolean
  /** The way to the host, while there is one. */
  readonly channel: Channel | undefined
  connect(failed?: Failed): Promise<void>
  post(message: PageMessage): void
  /** Goes on with the next host of the ladder. */
  giveUp(reason: string): void
  /** To the worker, once there is one that answers. What only this page's memory has is delivered first. */
  goBack(): void
  /** The host does what it is there for. */
  proven(): void
}

/** Failures of one kind in a row, after which a host is given up. */
export const STRIKES = 3

/** After this many ms another host is looked for, where there was none at all. */
const RECONNECT_MS = 10_000

/** What there is where there is no host. */
export const UNHOSTED: Ready = { host: 'memory', storage: 'memory' }

export function createHostConnection(ports: HostConnectionPorts): HostConnection {
  const { clock, degraded: tell, warn } = ports
  /** Of a host further up the ladder, which answers again. */
  let better: Channel | undefined
  let removals = 0

  async function connect(failed?: Failed): Promise<void> {
    use(undefined)
    const opened = await ports.connect(ports.receive, failed).catch((error) => ({ error }))
    if (self.phase === 'ended') return
    if ('error' in opened) return goWithoutHost(failed, opened.error)
    const { channel: next, degraded } = opened
    if (degraded !== undefined) tell({ from: failed?.host ?? 'worker', to: next.host, reason: degraded })
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
    // Where no host could be had, calls go on without one while it is tried again.
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

  /** Its code could not be loaded, say. Events wait here meanwhile, and calls are answered without a host. */
  function goWithoutHost(failed: Failed | undefined, error: unknown): void {
    if (self.phase !== 'disconnected') {
      const reason = show(error)
      warn(`nothing can keep or send events now (${reason}); trying again`)
      tell({ from: failed?.host ?? 'worker', to: UNHOSTED.host, reason })
    }
    self.phase = 'disconnected'
    ports.onDisconnected()
    void clock.timer(RECONNECT_MS).done.then(() => {
      // A worker that was given up may be there again.
      if (self.phase !== 'ended') void connect(failed?.host === 'worker' ? undefined : failed)
    })
  }

  function giveUp(reason: string): void {
    const failed = self.channel
    if (!failed) return
    warn(`the ${failed.host} cannot keep events (${reason}); going on without it`)
    void failed.close()
    void connect({ host: failed.host, reason })
  }

  const self: { -readonly [Name in keyof HostConnection]: HostConnection[Name] } = {
    phase: 'connecting',
    channel: undefined,
    get mayBeAsked() {
      return self.phase === 'connecting' || self.phase === 'connected'
    },
    connect,
    post(message) {
      if (!self.channel || self.channel.post(message)) return
      // The worker was removed under this page, with all of the site's data perhaps. It may be had anew.
      removals += 1
      if (removals >= STRIKES) giveUp('it was removed')
      else void connect()
    },
    giveUp,
    goBack,
    proven() {
      removals = 0
    },
  }
  return self
}
