// @ts-check
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { answersContract } from './answers.contract.mjs'
import { controlContract } from './control.contract.mjs'
import { faultsContract } from './faults.contract.mjs'
import { send, v1Headers } from './http.mjs'
import { storageContract } from './storage.contract.mjs'
import { v0Contract } from './v0.contract.mjs'
import { v1Contract } from './v1.contract.mjs'

/** @typedef {Awaited<ReturnType<typeof import('../collector.mjs').startCollector>>} Collector */
/** @typedef {import('./http.mjs').Request} Request */
/** @typedef {ReturnType<typeof createHere>} Here */

/** A first PGlite takes seconds to set itself up. */
export const START_MS = 60_000

/**
 * What the collector promises, whichever database is below it.
 * @param {string} name
 * @param {() => Promise<Collector>} start
 */
export function collectorContract(name, start) {
  describe(name, () => {
    /** @type {Collector | undefined} */
    let collector
    const here = createHere(name, () => {
      if (!collector) throw new Error('the collector has not been started')
      return collector
    })
    beforeAll(async () => {
      collector = await start()
    }, START_MS)
    afterAll(() => collector?.close())
    beforeEach(() => here.collector.reset())

    v0Contract(here)
    v1Contract(here)
    storageContract(here)
    answersContract(here)
    faultsContract(here)
    controlContract(here)
  })
}

/**
 * @param {string} name
 * @param {() => Collector} collector
 */
function createHere(name, collector) {
  /**
   * @param {string} path
   * @param {Request} [request]
   */
  const post = (path, request) => send(collector().url + path, request)
  return {
    name,
    get collector() {
      return collector()
    },
    post,
    /** @param {Request} request */
    postV1: ({ headers = {}, body }) => post('/i/v1/analytics/events', { headers: v1Headers(headers), body }),
    async onlyEvent() {
      const [first, ...others] = await collector().events()
      expect(others).toEqual([])
      return first
    },
    lastRequest: async () => (await collector().requests()).at(-1),
  }
}
