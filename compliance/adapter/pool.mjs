// @ts-check
/** Things that take long to make, made ahead. Each is given out once and never comes back. */

/**
 * @template T
 * @param {object} options
 * @param {number} options.size how many are kept ready
 * @param {() => Promise<T>} options.make
 * @param {(made: T) => boolean} options.usable
 * @param {(made: T) => Promise<void>} options.unmake
 */
export function createPool({ size, make, usable, unmake }) {
  /** @type {Promise<T | Error>[]} */
  const shelf = []
  let closed = false

  function fill() {
    while (!closed && shelf.length < size) shelf.push(make().catch(asError))
  }

  return {
    fill,
    /** @returns {Promise<T>} rejects with the reason why none could be made */
    async take() {
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

/** @param {unknown} error */
const asError = (error) => (error instanceof Error ? error : new Error(String(error)))
