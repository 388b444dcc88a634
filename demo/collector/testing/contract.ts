import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { answersContract } from './answers.contract'
import { controlContract } from './control.contract'
import { faultsContract } from './faults.contract'
import { type Request, send, v1Headers } from './http'
import { storageContract } from './storage.contract'
import { v0Contract } from './v0.contract'
import { v1Contract } from './v1.contract'

type Collector = Awaited<ReturnType<typeof import('../collector').startCollector>>
export type Here = ReturnType<typeof createHere>

/** A first PGlite takes seconds to set itself up. */
export const START_MS = 60_000

/** What the collector promises, whichever database is below it. */
export function collectorContract(name: string, start: () => Promise<Collector>) {
  describe(name, () => {
    let collector: Collector | undefined
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

function createHere(name: string, collector: () => Collector) {
  const post = (path: string, request?: Request) => send(collector().url + path, request)
  return {
    name,
    get collector() {
      return collector()
    },
    post,
    postV1: ({ headers = {}, body }: Request) => post('/i/v1/analytics/events', { headers: v1Headers(headers), body }),
    async onlyEvent() {
      const [first, ...others] = await collector().events()
      expect(others).toEqual([])
      return first
    },
    lastRequest: async () => (await collector().requests()).at(-1),
  }
}
