/** The locks by which senders see whether other senders live, over the Web Locks of the browser. */

import type { Locks } from '../core/base/ports'

/**
 * How long in ms the browser may take to grant a free lock, or to list the locks; both take some ms where they
 * work. As long as a page waits for the first answer of a host (`FIRST_ANSWER_MS` of the client).
 */
export const LOCK_LIMIT_MS = 3_000

/**
 * Web Locks show whether a sender still lives: the browser releases them with their context. Where they do not exist
 * (insecure and opaque origins, old engines) `held` answers `undefined`, and leases end by age. `held` answers
 * `undefined` as well while the browser does not list or grant locks in time: other senders then hold no lock either,
 * and may be alive.
 */
export function webLocks(manager: LockManager | undefined = managerOfThisContext()): Locks {
  const granting = createAsking<(() => void) | undefined>()
  const listing = createAsking<LockManagerSnapshot>()
  return {
    async acquire(name, signal) {
      if (!manager) return undefined
      const granted = () =>
        new Promise<() => void>((resolve, reject) => {
          const held = () => new Promise<void>((release) => resolve(release))
          const request = async () => manager.request(name, { signal: signal as globalThis.AbortSignal }, held)
          request().catch(reject)
        })
      // A document that is being left refuses locks, and will not send anything either. A lock that is granted too late
      // is released at once, since the sender has gone on without it.
      return granting.ask(granted, (release) => release?.()).catch(() => undefined)
    },
    async held() {
      if (!manager || granting.isMute) return undefined
      try {
        const answer = await listing.ask(async () => manager.query())
        return answer && new Set((answer.held ?? []).map(({ name }) => name ?? ''))
      } catch {
        // In a document that is being left the locks are not known, so no sender can be presumed dead.
        return undefined
      }
    },
  }
}

interface Asking<Answer> {
  /** Whether a question has had no answer in time, and none since. */
  readonly isMute: boolean
  /**
   * Resolves with `undefined` where the answer takes longer than `LOCK_LIMIT_MS`, and at once while that is so: a queue
   * of many batches must not wait as long for each.
   *
   * @param late gets an answer that comes after the limit
   */
  ask(question: () => Promise<Answer>, late?: (answer: Answer) => void): Promise<Answer | undefined>
}

function createAsking<Answer>(): Asking<Answer> {
  let isMute = false
  return {
    get isMute() {
      return isMute
    },
    ask(question, late) {
      if (isMute) return Promise.resolve(undefined)
      return new Promise((resolve, reject) => {
        let isLate = false
        const timer = setTimeout(() => {
          isLate = true
          isMute = true
          resolve(undefined)
        }, LOCK_LIMIT_MS)
        const ended = () => {
          clearTimeout(timer)
          if (isLate) isMute = false
        }
        const answered = (answer: Answer) => {
          ended()
          if (isLate) late?.(answer)
          resolve(answer)
        }
        const failed = (error: unknown) => {
          ended()
          reject(error)
        }
        question().then(answered, failed)
      })
    },
  }
}

function managerOfThisContext(): LockManager | undefined {
  try {
    return globalThis.navigator?.locks
  } catch {
    // Opaque origins throw on reading the property.
    return undefined
  }
}
