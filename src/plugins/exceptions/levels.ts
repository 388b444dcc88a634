/** How grave an exception is, in the words of PostHog's error tracking. */

export type ExceptionLevel = 'fatal' | 'error' | 'warning' | 'log' | 'info' | 'debug'

/** Each level, and what loggers call it besides. */
const LEVELS = 'fatal critical alert emergency,error,warning warn,log,info notice,debug trace'.split(',')

/** The level that a word names; `undefined` for any other word. */
export function levelOf(word: unknown): ExceptionLevel | undefined {
  const words = LEVELS.map((level) => level.split(' ')).find((level) => level.includes(String(word).toLowerCase()))
  return words?.[0] as ExceptionLevel | undefined
}
