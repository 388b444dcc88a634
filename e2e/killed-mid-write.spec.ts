/** What Chromium makes of a database whose last record a killed browser wrote only half of. */

import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright'
import { launchKillable, withProfile } from './browser'
import { expect, IN_PAGE_FILE, test, WORKER_FILE } from './late-site'

/** LevelDB's logs of the origin's databases: two of them for the moment in which the browser leaves one for the next. */
function logsOf(profile: string): string[] {
  const files = readdirSync(profile, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => /IndexedDB.*leveldb.\d+\.log$/.test(file)).map((file) => path.join(profile, file))
}

/** The log that a start of the browser would append to. */
function logOf(profile: string): string {
  const logs = logsOf(profile)
  expect(logs).toHaveLength(1)
  return logs[0] as string
}

/** The log of a new LevelDB, which each context of the library has the browser leave with its first write. */
const FIRST_LOG = '000003.log'

/** In ms, for deliveries and for the browser's own tasks, on a machine that may be busy. */
const PATIENCE_MS = 20_000

/** Resolves once the browser has left the log of this name, and has only another. */
const leaves = (name: string, profile: string) =>
  expect
    .poll(() => logsOf(profile).map((log) => path.basename(log)), { timeout: PATIENCE_MS })
    .toEqual([expect.not.stringMatching(name)])

/** A header of 7 bytes (checksum, length, kind) that announces 1,000 bytes in one piece, and the first 10 of them. */
const HALF_A_RECORD = Buffer.from([0xde, 0xad, 0xbe, 0xef, 0xe8, 0x03, 0x01, ...new Array(10).fill(0x20)])

/** Resolves once it is on disk. */
const capture = (page: Page, event: string) =>
  page.evaluate(async (name) => {
    window.outlast.capture(name)
    await window.outlast.stats()
  }, event)

type Options = Record<string, unknown>
type Url = { url: string }

async function visit(context: BrowserContext, site: Url, collector: Url, options: Options): Promise<Page> {
  const page = await context.newPage()
  const init = encodeURIComponent(JSON.stringify({ host: collector.url, flushInterval: 200, ...options }))
  await page.goto(`${site.url}/?init=${init}`)
  await page.waitForFunction(() => window.outlast)
  return page
}

async function captureAndKill(profile: string, site: Url, collector: Url, options: Options, event: string) {
  const browser = await launchKillable(profile)
  const page = await visit(browser.context, site, collector, options)
  await page.evaluate(() => window.outlast.ready)
  await leaves(FIRST_LOG, profile)
  await capture(page, event)
  await browser.kill()
}

const NO_WORKER = { worker: false }
const WITHOUT_A_HOST = 'a page for which no host comes'

for (const [host, options, later] of [
  ['a worker', {}, {}],
  ['the page', NO_WORKER, NO_WORKER],
  [WITHOUT_A_HOST, NO_WORKER, {}],
] as const)
  test(`P2: ${host} loses nothing to a browser killed in the middle of a write, nor to its next end`, async ({
    site,
    collector,
  }) => {
    collector.fault({ mode: '503' })
    await withProfile(async (profile) => {
      await captureAndKill(profile, site, collector, options, 'before the first end')
      const torn = logOf(profile)
      appendFileSync(torn, HALF_A_RECORD)
      const held = host === WITHOUT_A_HOST ? [WORKER_FILE, IN_PAGE_FILE] : []
      for (const file of held) site.hold(file)
      const second = await launchKillable(profile)
      await capture(await visit(second.context, site, collector, later), 'before the second end')
      await leaves(path.basename(torn), profile)
      await second.kill()
      for (const file of held) site.recover(file)
      collector.fault({ mode: 'ok' })
      const third = await launchKillable(profile)
      await capture(await visit(third.context, site, collector, later), 'after both')
      const names = async () => (await collector.events()).map(({ event }) => event).sort()
      await expect
        .poll(names, { timeout: PATIENCE_MS })
        .toEqual(['after both', 'before the first end', 'before the second end'])
      await third.kill()
    })
  })

for (const [host, options] of Object.entries({ 'a worker': {}, 'the page': NO_WORKER }))
  test(`P5: ${host} tells of a queue that the browser has deleted as damaged, and goes on`, async ({
    site,
    collector,
  }) => {
    collector.fault({ mode: '503' })
    await withProfile(async (profile) => {
      await captureAndKill(profile, site, collector, options, 'lost with the database')
      const log = logOf(profile)
      const bytes = readFileSync(log)
      writeFileSync(log, bytes.fill(0xff, 100, 200))
      collector.fault({ mode: 'ok' })
      const second = await launchKillable(profile)
      const warnings: string[] = []
      second.context.on('console', (message) => warnings.push(message.text()))
      await capture(await visit(second.context, site, collector, options), 'after it')
      const names = async () => (await collector.events()).map(({ event }) => event)
      await expect.poll(names, { timeout: PATIENCE_MS }).toEqual(['after it'])
      await expect.poll(() => warnings.join()).toContain('damaged and deleted it')
      await second.kill()
    })
  })
