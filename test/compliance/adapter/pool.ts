/** Things that take long to make, made ahead. Each is given out once and never comes back. */

export function createPool<T>({
  size,
  make,
  usable,
  unmake,
}: {
  /** How many items are kept ready. */
  size: number
  make: () => Promise<T>
  usable: (made: T) => boolean
  unmake: (made: T) => Promise<void>
}) {
  const shelf: Promise<T | Error>[] = []
  let closed = false

  function fill() {
    while (!closed && shelf.length < size) shelf.push(make().catch(asError))
  }

  return {
    fill,
    /** @returns rejects with the reason why none could be made */
    async take(): Promise<T> {
      for (;;) {
        fill()
        const made = closed ? new Error('closed') : await shelf.shift()
        fill()
        if (made instanceof Error) throw made
        // One that broke on the shelf has tested nothing yet, so it is no one's failure.
        if (made !== undefined && usable(made)) return made
      }
    },
    async close() {
      closed = true
      const rest = await Promise.all(shelf.splice(0))
      for (const made of rest) if (!(made instanceof Error)) await unmake(made)
    },
  }
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)))
