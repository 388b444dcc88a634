/** Work that must not overlap: each piece begins once the one before it has ended. */

export interface Serial {
  /** Runs `work` once all earlier work has ended, whether it succeeded or failed. Settles as `work` does. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves once all work that has been given so far has ended. */
  ended(): Promise<void>
}

export function createSerial(): Serial {
  let last: Promise<void> = Promise.resolve()
  return {
    run(work) {
      const result = last.then(work)
      last = result.then(
        () => undefined,
        // The failure is for the caller of `run`; work that follows does not depend on it.
        () => undefined,
      )
      return result
    },
    ended: () => last,
  }
}
