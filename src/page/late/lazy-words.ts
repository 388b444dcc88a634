/** Loads the words of warnings with the first one that a page gives: most pages give none. */

import type { Log } from '../../client/first/log'
import type { Warnings } from '../../client/late/warnings'
import { loadOnce } from './load-once'

/** The most warnings that wait for their words. */
const MAX_WAITING = 100

const ask = loadOnce(() => import('../../client/late/warnings'))

/**
 * Has the log give its warnings in words. Where the words cannot be loaded, a warning is logged by its key and values,
 * and the next warning asks for the words again.
 */
export function useLazyWords(log: Log): void {
  const waiting: Parameters<Log['warnOf']>[] = []

  const later = (key: keyof Warnings, values: unknown[]) => {
    if (waiting.length === 0)
      void ask().then(
        ({ WARNINGS }) => say(WARNINGS),
        () => say({}),
      )
    if (waiting.length < MAX_WAITING) waiting.push([key, ...values] as (typeof waiting)[number])
    // A blank text is not logged.
    return ''
  }
  const lazy = new Proxy({} as Partial<Warnings>, {
    get:
      (_, key) =>
      (...values: unknown[]) =>
        later(key as keyof Warnings, values),
  })

  function say(words: Partial<Warnings>): void {
    log.setWords(words)
    for (const [key, ...values] of waiting.splice(0)) (log.warnOf as (...one: unknown[]) => void)(key, ...values)
    // `full` is any of the words: where they have not come, the next warning asks for them again.
    if (!words.full) log.setWords(lazy)
  }

  log.setWords(lazy)
}
