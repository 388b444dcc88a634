import type { Clock } from '../core/base/ports'
import { systemClock } from './system-clock'

/**
 * The wall clock and timers of a server process. A process whose work is done ends, however long a timer has to run.
 */
export const nodeClock = (now?: () => number): Clock =>
  // Runtimes whose timers are numbers do not end by themselves either.
  systemClock(now, (id) => (id as { unref?: () => void }).unref?.())
