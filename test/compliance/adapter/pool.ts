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
    /** @returns rejects with the reason why none could be made, or none was usable of as many as are kept ready */
    async take(): Promise<T> {
      for (let left = size; ; left--) {
        fill()
        const made = closed ? new Error('closed') : await shelf.shift()
        fill()
        if (made instanceof Error) throw made
        // One that broke on the shelf has tested nothing yet, so it is no one's failure.
        if (made === undefined) continue
        if (usable(made)) return made
        await unmake(made)
        if (left <= 1) throw new Error('what was made ahead broke before it was used, again and again')
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
