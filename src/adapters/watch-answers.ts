/** The limit on how long a transaction may be without an answer of the disk. */

import { StorageError } from '../core/base/ports'
import { ANSWER_LIMIT_MS } from './answer-limit'

/**
 * The limit is counted in this many looks. A laptop that wakes up, or a page whose script has stopped for seconds, may
 * run a timer before the answer that came meanwhile: one long pause is one look, and not the whole limit.
 */
const LOOKS = 5

export interface AnswerWatch {
  /** To be called with each answer. */
  answered(): void
  /** Rejects with a `StorageError` once there was no answer for `ANSWER_LIMIT_MS`, or up to one look longer. */
  readonly silence: Promise<never>
  end(): void
}

/** Watches one transaction. A large one may take as long as it needs, while its answers come. */
export function watchAnswers(): AnswerWatch {
  let left = LOOKS
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    const look = () => {
      left -= 1
      if (left < 0) reject(new StorageError('silent', 'the database gives no answer'))
      else timer = setTimeout(look, ANSWER_LIMIT_MS / LOOKS)
    }
    look()
  })
  return {
    answered() {
      // The look that is due next may come at once, so it does not count.
      left = LOOKS
    },
    silence,
    end: () => clearTimeout(timer),
  }
}
