/** The client's voice: warnings that say what to do, contained so that a broken logger breaks nothing. */

import type { Logger } from './types'

export interface Log {
  warn(message: string): void
  debug(message: string): void
  /** Turns the debug messages on or off. */
  setDebug(on: boolean): void
}

/** Characters of a message: what it quotes of a caller's data may be as long as that. */
const MAX_MESSAGE = 1_000

export function createLog(logger: Logger, debugAtFirst: boolean): Log {
  let debug = debugAtFirst
  let speaking = false
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
  return {
    warn: (message) => say('warn', message),
    debug(message) {
      if (debug) say('debug', message)
    },
    setDebug(on) {
      debug = on
    },
  }
}
