import { StorageError } from '../core/base/ports'

/**
 * How long in ms a transaction may be without an answer of the disk: to its first request, which waits for transactions of
 * other contexts, to a later one, or to its commit. All of these take some ms. In WebKit a process that is suspended in a
 * transaction has kept those of all others waiting for half an hour (WebKit bug 315804).
 */
export const ANSWER_LIMIT_MS = 5_000

export interface AnswerWatch {
  /** To be called with each answer. */
  answered(): void
  /** Rejects with a `StorageError` once there was no answer for `ANSWER_LIMIT_MS`. */
  readonly silence: Promise<never>
  end(): void
}

/** Watches one transaction. A large one may take as long as it needs, while its answers come. */
export function watchAnswers(): AnswerWatch {
  let answeredAt = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    const look = () => {
      const left = answeredAt + ANSWER_LIMIT_MS - performance.now()
      if (left > 0) timer = setTimeout(look, left)
      else reject(new StorageError('silent', 'the database gives no answer'))
    }
    look()
  })
  return {
    answered() {
      answeredAt = performance.now()
    },
    silence,
    end: () => clearTimeout(timer),
  }
}
