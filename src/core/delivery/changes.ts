/** Wakes a waiting loop when something has changed. */
export interface Changes {
  /** Resolves at the next change. */
  next(): Promise<void>
  announce(): void
}

export function createChanges(): Changes {
  let resolveNext: () => void = () => undefined
  const wait = () => new Promise<void>((resolve) => (resolveNext = resolve))
  let next = wait()
  return {
    next: () => next,
    announce() {
      const resolve = resolveNext
      next = wait()
      resolve()
    },
  }
}
