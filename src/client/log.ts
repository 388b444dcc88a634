/** The client's voice: warnings that say what to do, contained so that a broken logger breaks nothing. */

import type { Logger } from './types'

export interface Log {
  warn(message: string): void
  debug(message: string): void
  /** Turns the debug messages on or off. */
  setDebug(on: boolean): void
}

export function createLog(logger: Logger, debugAtFirst: boolean): Log {
  let debug = debugAtFirst
  const say = (level: 'warn' | 'debug', message: string) => {
    try {
      logger[level]?.(`[outlast] ${message}`)
    } catch {
      // There is nobody left to tell.
    }
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
