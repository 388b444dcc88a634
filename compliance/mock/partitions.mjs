// @ts-check
/** What was recorded and what is queued, apart for each `X-Test-Id`. */

/**
 * @typedef {object} Recorded
 * @property {number} arrivedAt ms; only differences mean anything
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} query
 * @property {Record<string, string>} headers names in lower case
 * @property {Buffer} body as it came
 * @property {unknown} json of the body; undefined where it cannot be read
 * @property {Record<string, any>[]} events
 * @property {import('./respond.mjs').Answer} answer
 */

/**
 * @typedef {object} Partition
 * @property {Recorded[]} requests
 * @property {import('./respond.mjs').Queued[]} queue first in, first out, over all paths
 * @property {(request: Recorded) => void} record
 * @property {(count: number, timeoutMs: number) => Promise<void>} reached resolves once that many requests are
 *   recorded, or in time
 */

/** Requests without the header share the one under this name. */
export const GLOBAL = ''

export function createPartitions() {
  /** @type {Map<string, Partition>} */
  const partitions = new Map()
  return {
    /** @param {string} [id] */
    of(id = GLOBAL) {
      const found = partitions.get(id) ?? createPartition()
      partitions.set(id, found)
      return found
    },
    /** @param {string} [id] */
    reset(id = GLOBAL) {
      partitions.delete(id)
    },
  }
}

/** @returns {Partition} */
function createPartition() {
  /** @type {Recorded[]} */
  const requests = []
  /** @type {Set<() => void>} */
  const watchers = new Set()
  return {
    requests,
    queue: [],
    record(request) {
      requests.push(request)
      for (const look of watchers) look()
    },
    reached(count, timeoutMs) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer)
          watchers.delete(look)
          resolve()
        }
        const look = () => {
          if (requests.length >= count) done()
        }
        const timer = setTimeout(done, timeoutMs)
        watchers.add(look)
        look()
      })
    },
  }
}
