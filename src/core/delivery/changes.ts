/** Tells a loop that waits that something has changed. */
export interface Changes {
  /** Resolves at the next change. */
  next(): Promise<void>
  tell(): void
}

export function createChanges(): Changes {
  let resolveNext: () => void = () => undefined
  const wait = () => new Promise<void>((resolve) => (resolveNext = resolve))
  let next = wait()
  return {
    next: () => next,
    tell() {
      const resolve = resolveNext
      next = wait()
      resolve()
    },
  }
}
