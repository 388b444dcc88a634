/** What a client has to do with the process that it runs in: its calls hold the process, and nothing else does. */

import { MAX_DELAY } from '../core/base/limits'

/** The part of Node's `process` that is used. Other runtimes have another one, or none. */
interface Process {
  on?(event: 'beforeExit', listener: () => void): unknown
}

/** The functions to call each time that the process has nothing left to do. */
const listeners = new Set<() => void>()
let listens = false

/**
 * Calls `listener` each time that the process has nothing left to do: Node emits `beforeExit` again after work that a
 * listener began. Returns a function that removes the listener.
 */
export function beforeExit(listener: () => void): () => void {
  listeners.add(listener)
  if (!listens) {
    listens = true
    // One listener serves all clients: Node warns of more than ten listeners as of a leak.
    const { process } = globalThis as { process?: Process }
    process?.on?.('beforeExit', () => {
      for (const each of listeners) each()
    })
  }
  return () => void listeners.delete(listener)
}

/**
 * Keeps the process until the work has ended. A call waits for it, and Node would end the process with code 13 where
 * the call waits for a timer that holds no process.
 */
export async function holdProcess<T>(work: Promise<T>): Promise<T> {
  const hold = setInterval(() => undefined, MAX_DELAY)
  try {
    return await work
  } finally {
    clearInterval(hold)
  }
}
