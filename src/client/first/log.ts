/**
 * The client's warnings, which say what to do, and the way out of the late code's debug messages. A logger that throws
 * does no harm.
 */

import { show } from '../../core/base/values'
import type { Warnings } from '../late/warnings'
import type { Logger } from '../types'

export interface Log {
  warn(message: string): void
  /** Warns in words that load late: the warning waits for `setWords`. `values` must not change meanwhile. */
  warnOf<Key extends keyof Warnings>(key: Key, ...values: Parameters<Warnings[Key]>): void
  /**
   * Brings the words, and logs the warnings that waited. `{}`: the words cannot be loaded, so key and values are
   * logged.
   */
  setWords(words: Partial<Warnings>): void
  /** Whether the late code logs debug messages (`late/debug.ts`). */
  debugs: boolean
  /** Logs the message as it is. */
  write(level: 'warn' | 'debug', message: string): void
}

/** The most characters of a message, because a message may quote a caller's data of any length. */
const MAX_MESSAGE = 1_000

/** The most warnings that wait for their words. */
const MAX_UNWRITTEN = 100

export function createLog(logger: Logger, debugs: boolean): Log {
  let writing = false
  let words: Partial<Record<keyof Warnings, (...values: never[]) => string>> | undefined
  const unwritten: [keyof Warnings, ...unknown[]][] = []
  const write = (level: 'warn' | 'debug', message: string) => {
    // A logger that captures each message as an event may cause a new message with it, and so on without end.
    if (writing || !message) return
    writing = true
    try {
      logger[level]?.(`[outlast] ${message.slice(0, MAX_MESSAGE)}`)
    } catch {
      // The logger's own error cannot be logged.
    }
    writing = false
  }
  const warnOf = (key: keyof Warnings, ...values: unknown[]) => {
    if (words) write('warn', words[key]?.(...(values as never[])) ?? [key, ...values.map(show)].join(' '))
    else if (unwritten.length < MAX_UNWRITTEN) unwritten.push([key, ...values])
  }
  return {
    write,
    debugs,
    warn: (message) => write('warn', message),
    warnOf,
    setWords(given) {
      words = given
      for (const one of unwritten.splice(0)) warnOf(...one)
    },
  }
}
