/** What a person, or a site, decides holds at once, for every page, and past everything that a page does in a hurry. */

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright'
import { root } from '../scripts/paths'
import { launchKillable, withProfile } from './browser'
import { watchErrors } from './fixtures'
import { backupsIn, DELIVERY_FILE, expect, fillLocalStorage, stored, test } from './late-site'
import { leave } from './leave'
import { choiceOnDisk } from './on-device'
import type { Recorder } from './recorder'
import { captureAndForget, stats, told } from './told'
import { stopWorkers } from './worker-lives'
import { optOutAndWrite } from './yardstick'

/** How soon a choice is to be safe from a browser that is killed, in ms. */
const SAFE_AFTER_MS = 100

const optOut = (page: Page) => page.evaluate(() => window.outlast.optOut({ clear: true }))
const optIn = (page: Page) => page.evaluate(() => window.outlast.optIn())
const isOptOut = (page: Page) => page.evaluate(() => window.outlast.isOptOut())

/** Nothing of what was captured is anywhere on this device. */
async function expectNothingStored(page: Page): Promise<void> {
  await expect.poll(() => stored(page, 'journal')).toEqual([])
  for (const table of ['chunks', 'bodies'] as const) expect(await stored(page, table)).toEqual([])
  expect(await backupsIn(page)).toEqual([])
}

test.describe('P10: optOut with clear, and the browser killed 100 ms later', () => {
  for (const [what, fill] of [
    ['', undefined],
    [' with a full localStorage', fillLocalStorage],
  ] as const) {
    test(`holds in the next visit${what}: nothing that is captured there is sent or stored`, async ({
      site,
      collector,
    }) => {
      const open = async (context: BrowserContext) => {
        const page = await context.newPage()
        const init = encodeURIComponent(JSON.stringify({ host: collector.url, flushInterval: 200 }))
        await page.goto(`${site.url}/?init=${init}`)
        return page
      }
      await withProfile(async (profile) => {
        const first = await launchKillable(profile)
        const page = await open(first.context)
        await page.evaluate(() => window.outlast.ready)
        await fill?.(page)
        const at = await optOutAndWrite(page)
        await pause(Math.max(0, at + SAFE_AFTER_MS - Date.now()))
        await first.kill()

        const second = await launchKillable(profile)
        const failOnErrors = watchErrors(second.context)
        const next = await open(second.context)
        await captureAndForget(next, 'never')
        await expect.poll(() => isOptOut(next)).toBe(true)
        await captureAndForget(next, 'never')
        expect(await stats(next)).toMatchObject({ delivered: 0, pending: 0 })
        await expectNothingStored(next)
        await leave(next)
        expect(await collector.stats()).toMatchObject({ events: 0 })
        failOnErrors()
        await second.kill()
      })
    })
  }
})

for (const options of [{}, { worker: false }]) {
  const host = 'worker' in options ? 'a page that hosts its queue' : 'a page with a worker'

  test(`P10: ${host}, with a full localStorage: optOut with clear holds there and in another tab`, async ({
    visit,
    collector,
  }) => {
    const [page, other] = [await visit(options), await visit(options)]
    for (const one of [page, other]) await one.evaluate(() => window.outlast.ready)
    await fillLocalStorage(page)
    await optOut(page)
    expect(await isOptOut(page)).toBe(true)
    // The other tab has been told nothing. What it hands over is refused, and so it learns.
    await captureAndForget(other, 'never')
    await expect.poll(() => isOptOut(other)).toBe(true)
    for (const one of [page, other]) await captureAndForget(one, 'never')
    expect(await stats(other)).toMatchObject({ delivered: 0, pending: 0 })
    await expectNothingStored(page)
    for (const one of [page, other]) await leave(one)
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })

  test(`P10: ${host}: localStorage.clear() by the site does not undo an optOut, in this page and in the next`, async ({
    visit,
    collector,
  }) => {
    const page = await visit(options)
    await page.evaluate(() => {
      window.outlast.optOut({ clear: true })
      localStorage.clear()
    })
    expect(await isOptOut(page)).toBe(true)
    await captureAndForget(page, 'never')
    await page.evaluate(() => window.outlast.ready)
    expect(await isOptOut(page)).toBe(true)
    await page.evaluate(() => localStorage.clear())
    const next = await visit(options)
    await captureAndForget(next, 'never')
    await expect.poll(() => isOptOut(next)).toBe(true)
    await captureAndForget(next, 'never')
    expect(await stats(next)).toMatchObject({ delivered: 0, pending: 0 })
    await expectNothingStored(next)
    await leave(next)
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })

  test(`P10: ${host}: what was in the queue before an optOut with clear does not come out after an optIn`, async ({
    visit,
    collector,
    received,
  }) => {
    collector.fault({ mode: '503' })
    const page = await visit({ ...options, retryInitialBackoff: 100, retryMaxBackoff: 100 })
    await captureAndForget(page, 'before')
    expect(await stats(page)).toMatchObject({ pending: 1 })
    await page.evaluate(() => {
      window.outlast.capture('right before')
      window.outlast.optOut({ clear: true })
      window.outlast.optIn()
    })
    // What is captured in the very millisecond of a choice is taken for what came before it.
    const chosenAt = await page.evaluate(() => performance.now())
    await page.waitForFunction((then) => performance.now() > then + 5, chosenAt)
    await captureAndForget(page, 'after')
    // A request that begins before the erasure is on disk may still go out: on a busy machine that takes longer than a pause.
    await expect.poll(() => stats(page)).toMatchObject({ dropped: { opted_out: 2 } })
    collector.fault({ mode: 'ok' })
    const events = await received(1)
    expect(events.map(({ event }) => event)).toEqual(['after'])
    await expect.poll(() => stats(page)).toMatchObject({ delivered: 1, pending: 0, dropped: { opted_out: 2 } })
    await leave(page)
    const next = await visit(options)
    expect(await stats(next)).toMatchObject({ pending: 0 })
    expect(await collector.stats()).toMatchObject({ events: 1 })
  })
}

for (const hasAgreed of [false, true]) {
  for (const options of [{}, { persistence: 'memory' }, { cookieless: true }]) {
    test(`P10: localStorage.clear() by the site does not undo a refusal elsewhere in a tab with ${JSON.stringify(options)} that heard of it${hasAgreed ? ', and had agreed' : ''}`, async ({
      visit,
      collector,
    }) => {
      const tab = await visit(options)
      const other = await visit({})
      for (const page of [tab, other]) await page.evaluate(() => window.outlast.ready)
      if (hasAgreed) await optIn(tab)
      await other.evaluate(() => window.outlast.optOut())
      await expect.poll(() => isOptOut(tab)).toBe(true)
      await choiceOnDisk(other, true)
      await other.evaluate(() => localStorage.clear())
      expect(await isOptOut(tab)).toBe(true)
      await captureAndForget(tab, 'never')
      expect(await stats(tab)).toMatchObject({ delivered: 0, pending: 0 })
      for (const page of [tab, other]) await leave(page)
      expect(await collector.stats()).toMatchObject({ events: 0 })
    })
  }
}

for (const options of [{}, { worker: false }]) {
  const host = 'worker' in options ? 'a page that hosts its queue' : 'a page with a worker'

  test(`P5: ${host}: localStorage.clear() by the site does not bring back an earlier refusal over a consent elsewhere`, async ({
    visit,
    received,
  }) => {
    const tab = await visit(options)
    const other = await visit(options)
    for (const page of [tab, other]) await page.evaluate(() => window.outlast.ready)
    await tab.evaluate(() => window.outlast.optOut())
    await expect.poll(() => isOptOut(other)).toBe(true)
    await optIn(other)
    await expect.poll(() => isOptOut(tab)).toBe(false)
    await choiceOnDisk(other, false)
    await other.evaluate(() => localStorage.clear())
    expect(await isOptOut(tab)).toBe(false)
    await captureAndForget(tab, 'agreed')
    expect(await received(1)).toMatchObject([{ event: 'agreed' }])
  })
}

test('P10: after a visit that opted out with clear, optIn and capture in the first task of the next deliver, 5 times with slow files', async ({
  visit,
  received,
  site,
}) => {
  site.lateMs = 300
  for (let times = 1; times <= 5; times++) {
    const first = await visit()
    await optOut(first)
    await first.evaluate(() => window.outlast.ready)
    await leave(first)
    const second = await visit({}, '/opts-in.html')
    const events = await received(times)
    expect(events).toHaveLength(times)
    expect(await stats(second)).toMatchObject({ pending: 0 })
    await leave(second)
  }
})

const OWN_WORKERS = [
  ['importScripts', '/own-worker.js', 'classic'],
  ['module', '/own-worker.mjs', 'module'],
] as const

/** Put before a worker: told so, it hears nothing more until it is started again. */
const FALLS_SILENT = `
  let silent = false
  for (const type of ['message', 'sync']) {
    self.addEventListener(type, (event) => {
      silent ||= event.data === 'fall silent'
      if (silent) event.stopImmediatePropagation()
    })
  }
`

/** A worker that has answered before is left after three missed answers: 2, 4 and 8 s. In ms. */
const GIVEN_UP_MS = 25_000

const E_MAIL = 'ada@example.com'

const captureSecret = (page: Page) =>
  page.evaluate((secret) => window.outlast.capture('signed up', { secret, open: 'y' }), E_MAIL)

/** The endpoint gets so many different events, and never one that the hook has not seen. */
async function expectStripped(recorder: Recorder, count: number): Promise<void> {
  const uuids = () => new Set(recorder.requests.flatMap(({ body }) => body.batch.map(({ uuid }) => uuid)))
  await expect.poll(() => uuids().size, { timeout: 20_000 }).toBe(count)
  for (const { body } of recorder.requests) {
    for (const event of body.batch) {
      expect(event).toMatchObject({ event: 'signed up', properties: { open: 'y', seen_by: 'worker' } })
      expect(JSON.stringify(event)).not.toContain(E_MAIL)
    }
  }
}

for (const [how, url, type] of OWN_WORKERS) {
  test.describe(`P10: a worker's beforeSend (${how}) sees what is sent`, () => {
    const worker = { url, scope: '/' }

    /** As the site does itself, since `init` registers classic workers alone. */
    const register = (page: Page) =>
      page.evaluate(
        async ([file, kind]) => {
          await navigator.serviceWorker.register(file, { scope: '/', type: kind })
          await navigator.serviceWorker.ready
        },
        [url, type] as const,
      )

    test('though the first page ever has no worker yet, and is left at once: better late than leaked', async ({
      visit,
      recorder,
      site,
      context,
    }) => {
      const options = { host: recorder.url, compression: 'none', worker: { ...worker, beforeSend: true } }
      site.hold(url)
      const page = await visit(options)
      await captureSecret(page)
      await leave(page)
      // A page that stays, and hosts the queue itself.
      const second = await visit(options)
      expect(await second.evaluate(() => window.outlast.ready)).toEqual({ host: 'page', storage: 'indexeddb' })
      await captureSecret(second)
      await second.evaluate(() => window.outlast.flush())
      await expect.poll(() => stats(second)).toMatchObject({ accepted: 2, delivered: 0, pending: 2 })
      await captureSecret(second)
      await leave(second)
      expect(recorder.requests).toEqual([])
      site.recover(url)
      const plain = await context.newPage()
      await plain.goto(`${site.url}/away.html`)
      await register(plain)
      await visit(options)
      await expectStripped(recorder, 3)
    })

    for (const beforeSend of [true, false]) {
      test(`though a tab was opened before the site had this worker, and its own worker has no hook${beforeSend ? '' : '; the page does not say that its worker has one'}`, async ({
        visit,
        recorder,
        site,
        context,
      }) => {
        const options = { host: recorder.url, compression: 'none', flushInterval: 3_000 }
        const plain = await context.newPage()
        await plain.goto(`${site.url}/away.html`)
        await register(plain)
        const page = await visit({ ...options, worker: { ...worker, ...(beforeSend && { beforeSend }) } })
        expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
        await captureSecret(page)
        await stats(page)
        const earlier = await visit(options)
        expect(await earlier.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
        await captureSecret(earlier)
        await earlier.evaluate(() => window.outlast.flush())
        expect(recorder.requests).toEqual([])
        await page.evaluate(() => window.outlast.flush())
        await expectStripped(recorder, 2)
      })
    }

    test('though a later page, which only the worker has told, is left before its worker answers, or has none', async ({
      visit,
      recorder,
      site,
      context,
    }) => {
      const options = { host: recorder.url, compression: 'none' }
      const plain = await context.newPage()
      await plain.goto(`${site.url}/away.html`)
      await register(plain)
      const first = await visit({ ...options, worker })
      expect(await first.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
      await leave(first)
      for (const isCodeLate of [true, false]) {
        if (isCodeLate) site.hold(DELIVERY_FILE)
        const left = await visit({ ...options, worker })
        await captureSecret(left)
        await leave(left)
        site.recover(DELIVERY_FILE)
      }
      // A page that is left before it can tell its worker has only written its event down: the next visit has it sent.
      const next = await visit({ ...options, worker })
      await expectStripped(recorder, 2)
      await expect.poll(() => stats(next)).toMatchObject({ delivered: 2, pending: 0 })
      await leave(next)
      const sent = recorder.requests.length
      // The site has lost its worker since.
      const hosting = await visit({ ...options, worker: false })
      await captureSecret(hosting)
      await hosting.evaluate(() => window.outlast.flush())
      expect(await stats(hosting)).toMatchObject({ pending: 1 })
      await captureSecret(hosting)
      await leave(hosting)
      expect(recorder.requests).toHaveLength(sent)
      await visit({ ...options, worker })
      await expectStripped(recorder, 4)
    })

    test('though the worker falls silent later, and the page goes on without it', async ({
      visit,
      recorder,
      site,
      context,
    }) => {
      test.setTimeout(90_000)
      const file = await readFile(path.join(root, 'e2e/pages', url), 'utf8')
      const headers = { 'Content-Type': 'text/javascript' }
      site.answer(url, { status: 200, headers, body: FALLS_SILENT + file })
      const options = { host: recorder.url, compression: 'none', worker }
      const plain = await context.newPage()
      await plain.goto(`${site.url}/away.html`)
      await register(plain)
      const page = await visit(options)
      expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
      await plain.evaluate(async () => (await navigator.serviceWorker.ready).active?.postMessage('fall silent'))
      // What a page has in localStorage alone as it is left is taken up by one that is opened afterwards.
      for (const [index, next] of [async () => page, () => visit(options)].entries()) {
        const one = await next()
        await captureSecret(one)
        await expect.poll(async () => (await told(one)).degraded, { timeout: GIVEN_UP_MS }).toHaveLength(1)
        await one.evaluate(() => window.outlast.flush())
        await expect.poll(() => stats(one)).toMatchObject({ delivered: 0, pending: 2 * index + 1 })
        await captureSecret(one)
        await leave(one)
      }
      expect(recorder.requests).toEqual([])
      await stopWorkers(plain)
      await visit(options)
      await expectStripped(recorder, 4)
    })
  })
}
