/** Drives a transport: wakes it at each time that it names, until its next wake is far ahead. */

import type { Clock } from '../base/ports'
import type { Rest, Transport, WakeReason } from './transport'

/** Minimum wait in ms, so that a `nextWakeAt` in the past cannot spin the loop. */
const MIN_WAIT_MS = 5

/** Resolves once no request is in flight and the next wake, if there is one, is more than `holdMs` ahead. */
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
