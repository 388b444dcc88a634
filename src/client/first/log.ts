/** The client's voice: warnings that say what to do, contained so that a broken logger breaks nothing. */

import { show } from '../../core/base/values'
import type { Warnings } from '../late/warnings'
import type { Logger } from '../types'

export interface Log {
  warn(message: string): void
  /** A warning whose words load late: it is said once they are there. Must not change what it is given meanwhile. */
  tell<Key extends keyof Warnings>(key: Key, ...values: Parameters<Warnings[Key]>): void
  /** Brings the words. Where they cannot be loaded, which is `{}`, what there is to tell is said without them. */
  speak(words: Partial<Warnings>): void
  debug(message: string): void
  /** Turns the debug messages on or off. */
  setDebug(on: boolean): void
}

/** Characters of a message: what it quotes of a caller's data may be as long as that. */
const MAX_MESSAGE = 1_000

/** Warnings that wait for their words. */
const MAX_UNTOLD = 100

export function createLog(logger: Logger, debugAtFirst: boolean): Log {
  let debug = debugAtFirst
  let speaking = false
  let words: Partial<Record<keyof Warnings, (...values: never[]) => string>> | undefined
  const untold: [keyof Warnings, ...unknown[]][] = []
  const say = (level: 'warn' | 'debug', message: string) => {
    // A logger that captures what it hears would otherwise hear of that too, without end.
    if (speaking) return
    speaking = true
    try {
      logger[level]?.(`[outlast] ${message.slice(0, MAX_MESSAGE)}`)
    } catch {
      // There is nobody left to tell.
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
