/** How grave an exception is, in the words of PostHog's error tracking. */

export type ExceptionLevel = 'fatal' | 'error' | 'warning' | 'log' | 'info' | 'debug'

/** Words of loggers, and what each is called in an event. */
const LEVELS: Record<string, ExceptionLevel> = {
  ...{ fatal: 'fatal', critical: 'fatal', alert: 'fatal', emergency: 'fatal' },
  ...{ error: 'error', warning: 'warning', warn: 'warning', log: 'log' },
  ...{ notice: 'info', info: 'info', trace: 'debug', debug: 'debug' },
}

/** `undefined` for a word that is none of them. */
export function levelOf(word: unknown): ExceptionLevel | undefined {
  const key = String(word).toLowerCase()
  return Object.hasOwn(LEVELS, key) ? LEVELS[key] : undefined
}
