import type { Clock } from './ports'

/** Waits `ms` at most. Resolves with `undefined` where the work takes longer, and then ignores how the work ends. */
export async function within<T>(ms: number, work: T | Promise<T>, clock: Pick<Clock, 'timer'>): Promise<T | undefined> {
  const limit = clock.timer(ms)
  return Promise.race([work, limit.done.then(() => undefined)]).finally(limit.cancel)
}
