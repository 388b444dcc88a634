import { MAX_DELAY } from '../../src/core/base/limits'
import { type VirtualClock, virtualClock } from '../support/core/virtual-clock'
import { hold } from './boundary'

/** More timers than any case needs in its hours: beyond them nothing fires, so that a loop without end has one. */
const MAX_TIMERS = 3_000

export interface WatchedClock extends VirtualClock {
  /** Throws where something spins, or asked for a timer that no platform keeps. */
  holdCalm(): void
}

/** A virtual clock for what may spin. */
export function watchedClock(): WatchedClock {
  const clock = virtualClock()
  const never = { done: new Promise<never>(() => undefined), cancel: () => undefined }
  const timer: VirtualClock['timer'] = (ms) => (clock.delays.length < MAX_TIMERS ? clock.timer(ms) : never)
  const holdCalm = () => {
    hold(clock.delays.length < MAX_TIMERS, 'nothing spins')
    for (const delay of clock.delays) hold(delay >= 0 && delay <= MAX_DELAY, 'no timer beyond a day', delay)
  }
  return Object.create(clock, { timer: { value: timer }, holdCalm: { value: holdCalm } }) as WatchedClock
}
