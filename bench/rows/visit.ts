/** A visitor of a page that uses a peer: what every row opens, captures on, and closes again. */

import { randomUUID } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright'
import { type Ingest, startIngest } from '../server/ingest'
import { startBenchSite } from '../server/site'

/** How long a page may take to be ready, in ms. */
const READY_MS = 20_000
/** How long what was captured may take to be on the device, in ms: a limit for a busy machine, which takes some hundred. */
const STORED_MS = 20_000
const STORED_POLL_MS = 50

export async function withVisit<T>(
  peer: string,
  work: (visit: Visit) => Promise<T>,
  {
    extra,
    wire = peer,
  }: {
    /** What the site serves besides its files. */
    extra?: (pathname: string) => Buffer | undefined
    /** The peer whose wire format is received, if it is another. */
    wire?: string
  } = {},
): Promise<T> {
  const ingest = await startIngest(wire)
  const site = await startBenchSite(peer, extra)
  try {
    return await work(createVisit(ingest, site.url))
  } finally {
    await site.close()
    await ingest.close()
  }
}

function createVisit(ingest: Ingest, siteUrl: string) {
  const run = randomUUID().slice(0, 8)
  let captured = 0
  let startedAt = 0

  return {
    ingest,
    siteUrl,
    run,
    get captured() {
      return captured
    },
    get startedAt() {
      return startedAt
    },

    /** @param options of the peer */
    async open(context: BrowserContext, options?: Record<string, unknown>) {
      const page = await context.newPage()
      const config = encodeURIComponent(JSON.stringify({ host: ingest.url, run, options }))
      await page.goto(`${siteUrl}/?config=${config}`)
      await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: READY_MS })
      return page
    },

    /** @param perTask default all in one */
    async capture(page: Page, count: number, perTask: number = count) {
      const from = this.claim(count)
      await page.evaluate(([first, number, size]) => window.bench.capture(first, number, size), [
        from,
        count,
        perTask,
      ] as const)
    },

    /** Until outlast has all that was captured on the device. */
    async stored(page: Page) {
      const allStored = async (count: number) => (await window.bench.stored()) >= count
      await page.waitForFunction(allStored, captured, { timeout: STORED_MS, polling: STORED_POLL_MS })
    },

    /** Numbers for events that the page captures by itself. */
    claim(count: number) {
      startedAt ||= Date.now()
      const from = captured
      captured += count
      return from
    },
  }
}

export type Visit = ReturnType<typeof createVisit>
