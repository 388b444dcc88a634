/** A browser that is killed right after a capture, however far its page had come. */

import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright'
import { launchKillable, withProfile } from './browser'
import { watchErrors } from './fixtures'
import { expect, type LateSite, test, WORKER_FILE } from './late-site'
import { stopWorkers } from './worker-lives'

/** What an event may take to survive, at worst, in ms. */
const SAFE_AFTER_MS = 60

/** Each browser starts where the last was killed, so its first page is that one's next visit. `npm run loss` kills 100 times a row. */
const KILLS = 3

/** Nothing is sent before the kill: a delivered event would have outlasted nothing. */
const UNSENT = { flushInterval: 60_000, flushAt: 10_000 }

interface Row {
  options?: Record<string, unknown>
  prepare?: (site: LateSite) => void
  /** Captures on a page that is there, whose worker was stopped, and not in a page's first task. */
  stopped?: true
}

const ROWS: Record<string, Row> = {
  'files that come at once': {},
  'files that take 500 ms': {
    prepare(site) {
      site.lateMs = 500
    },
  },
  'a worker file that never comes': { prepare: (site) => site.hold(WORKER_FILE) },
  'no worker': { options: { worker: false } },
  'a worker that was stopped': { stopped: true },
}

for (const [name, { options, prepare, stopped }] of Object.entries(ROWS)) {
  test(`P2: with ${name}, an event survives a browser that is killed ${SAFE_AFTER_MS} ms after its capture`, async ({
    site,
    collector,
  }) => {
    test.setTimeout(150_000)

    const urlOf = (host: string, file: string, more = {}) =>
      `http://${host}${file}${new URLSearchParams({ init: JSON.stringify({ host: collector.url, ...options, ...more }) })}`

    /** Resolves with the moment of the capture, once a busy machine has come to write what a page writes right after it. */
    async function capture(context: BrowserContext, host: string): Promise<number> {
      const page = await context.newPage()
      let onWritten: (at: number) => void = () => undefined
      const written = new Promise<number>((resolve) => (onWritten = resolve))
      await page.exposeFunction('written', (at: number) => onWritten(at))
      if (stopped) {
        await page.goto(urlOf(host, '/at-once.html?later&', UNSENT))
        expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
        await stopWorkers(page)
        await page.evaluate(() => (window as typeof window & { begin(): void }).begin())
      } else {
        // The kill may come before it has loaded.
        page.goto(urlOf(host, '/at-once.html?', UNSENT)).catch(() => undefined)
      }
      return written
    }

    const nextVisit = async (context: BrowserContext, host: string): Promise<Page> => {
      const page = await context.newPage()
      await page.goto(urlOf(host, '/?', { flushInterval: 0 }))
      return page
    }

    await withProfile(async (profile) => {
      const { port } = new URL(site.url)
      const visited: string[] = []
      for (let kills = 0; kills <= KILLS; kills++) {
        const { context, kill } = await launchKillable(profile)
        const failOnErrors = watchErrors(context)
        const before = visited.at(-1)
        if (before) {
          site.lateMs = 0
          site.recover(WORKER_FILE)
          await nextVisit(context, before)
          await expect
            .poll(async () => (await collector.stats()).events, { timeout: 15_000, message: `after kill ${kills}` })
            .toBe(kills)
        }
        if (kills < KILLS) {
          prepare?.(site)
          // Names below localhost are this machine, count as secure, and each is an origin with nothing stored.
          const host = `first-visit-${kills}.localhost:${port}`
          visited.push(host)
          const at = await capture(context, host)
          await pause(Math.max(0, at + SAFE_AFTER_MS - Date.now()))
        }
        failOnErrors()
        await kill()
      }
    })
    const { events, altered } = await collector.stats()
    expect({ events, altered }).toEqual({ events: KILLS, altered: 0 })
  })
}
