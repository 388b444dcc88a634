/** The client's warnings, which say what to do, and its debug messages. A logger that throws does no harm. */

import { show } from '../../core/base/values'
import type { Warnings } from '../late/warnings'
import type { Logger } from '../types'

export interface Log {
  warn(message: string): void
  /** Warns in words that load late: the warning waits for `speak`. `values` must not change meanwhile. */
  tell<Key extends keyof Warnings>(key: Key, ...values: Parameters<Warnings[Key]>): void
  /**
   * Brings the words, and logs the warnings that waited. `{}`: the words cannot be loaded, so key and values are
   * logged.
   */
  speak(words: Partial<Warnings>): void
  debug(message: string): void
  /** Turns the debug messages on or off. */
  setDebug(on: boolean): void
}

/** The most characters of a message, because a message may quote a caller's data of any length. */
const MAX_MESSAGE = 1_000

/** The most warnings that wait for their words. */
const MAX_UNTOLD = 100

export function createLog(logger: Logger, debugAtFirst: boolean): Log {
  let debug = debugAtFirst
  let speaking = false
  let words: Partial<Record<keyof Warnings, (...values: never[]) => string>> | undefined
  const untold: [keyof Warnings, ...unknown[]][] = []
  const say = (level: 'warn' | 'debug', message: string) => {
    // A logger that captures each message as an event may cause a new message with it, and so on without end.
    if (speaking) return
    speaking = true
    try {
      logger[level]?.(`[outlast] ${message.slice(0, MAX_MESSAGE)}`)
    } catch {
      // The logger's own error cannot be logged.
    }
    speaking = false
  }
  const tell = (key: keyof Warnings, ...values: unknown[]) => {
    if (words) say('warn', words[key]?.(...(values as never[])) ?? [key, ...values.map(show)].join(' '))
    else if (untold.length < MAX_UNTOLD) untold.push([key, ...values])
  }
  return {
    warn: (message) => say('warn', message),
    tell,
    speak(given) {
      words = given
      for (const one of untold.splice(0)) tell(...one)
    },
    debug(message) {
      if (debug) say('debug', message)
    },
    setDebug(on) {
      debug = on
    },
  }
}
