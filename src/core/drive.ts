/** Keeps a transport going: wakes it at each time it asks for, until it has nothing to do soon. */

import type { Clock } from './ports'
import type { Rest, Transport, WakeReason } from './transport'

/** A time that is always already over must not make a loop without end. */
const MIN_WAIT_MS = 5

/** Resolves once nothing is in flight and the next wake is further ahead than `holdMs`, or there is none. */
export async function drive(
  transport: Transport,
  clock: Clock,
  holdMs: number,
  onTrouble: (rest: Rest) => void,
  first: WakeReason = 'due',
): Promise<Rest> {
  for (let reason = first; ; reason = 'due') {
    const changed = transport.changed()
    const rest = await transport.wake(reason)
    const { busy, nextWakeAt, trouble } = rest
    if (trouble !== undefined) onTrouble(rest)
    const waitMs = nextWakeAt === undefined ? holdMs : Math.max(MIN_WAIT_MS, nextWakeAt - clock.now())
    if (busy === 0 && (nextWakeAt === undefined || waitMs > holdMs)) return rest
    const timer = clock.timer(Math.min(waitMs, holdMs))
    await Promise.race([changed, timer.done])
    timer.cancel()
  }
}
