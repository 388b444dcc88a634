/** A site that removes the library leaves nothing of it on a visitor's device. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright'
import { root } from '../scripts/paths'
import type { Uninstalled, UninstallOptions } from '../src/uninstall'
import { say } from './browser-signal'
import { expect, test } from './fixtures'
import type { Site } from './site'

declare global {
  interface Window {
    dropped: string[]
  }
}

const uninstall = (page: Page, options?: UninstallOptions): Promise<Uninstalled> =>
  page.evaluate(async (given) => {
    const module = await import('/outlast/uninstall.js' as string)
    return module.uninstall(given)
  }, options)

/** What there is of the library on the device, as a page sees it. */
const left = (page: Page) =>
  page.evaluate(async () => ({
    local: Object.keys(localStorage).sort(),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname),
  }))

/** The URL of a page without the library. */
function without(site: Site): string {
  site.answer('/without.html', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><p>' })
  return `${site.url}/without.html`
}

const NOTHING = { local: [], session: [], cookies: '', databases: [], workers: [] }

for (const [host, options] of [
  ['the worker', {}],
  ['the page', { worker: false }],
] as const) {
  test(`P10: uninstall leaves nothing of a client that ${host} delivers for`, async ({ open, received }) => {
    const page = await open({ ...options, flushInterval: 60_000 })
    await page.evaluate(() => {
      window.outlast.register({ plan: 'pro' })
      window.outlast.capture('left')
    })
    expect(await uninstall(page)).toEqual({ delivered: 1, dropped: 0, kept: [], left: [] })
    expect(await left(page)).toEqual(NOTHING)
    expect((await received(1)).map(({ event }) => event)).toEqual(['left'])
    // What the page goes on to do brings nothing back.
    await page.evaluate(async () => {
      window.outlast.capture('after')
      window.outlast.identify('me')
      await window.outlast.flush()
    })
    expect(await left(page)).toEqual(NOTHING)
  })
}

for (const consent of ['pending', 'denied']) {
  test(`P5, P10: a tab that waits ('${consent}') hears of it, and brings nothing back`, async ({
    open,
    context,
    site,
  }) => {
    const waiting = await open({ consent, worker: false })
    await waiting.evaluate(() => {
      window.dropped = []
      window.outlast.on('drop', ({ reason }) => window.dropped.push(reason))
      window.outlast.capture('waits')
      return window.outlast.stats()
    })
    const page = await context.newPage()
    await page.goto(without(site))
    expect(await uninstall(page)).toMatchObject({ left: [] })
    // Such a tab has captured nothing under `denied`.
    await expect.poll(() => waiting.evaluate(() => window.dropped)).toEqual(consent === 'pending' ? ['shutdown'] : [])
    await waiting.evaluate(async () => {
      window.outlast.optIn()
      window.outlast.identify('me')
      window.outlast.capture('after')
      await window.outlast.flush()
    })
    expect(await left(page)).toEqual(NOTHING)
  })
}

test('P10: a tab that the browser bars hears of it too, and brings no choice back', async ({ open, context, site }) => {
  await say(context, 'doNotTrack')
  const barred = await open({ respectDnt: true, worker: false })
  const page = await context.newPage()
  await page.goto(without(site))
  expect(await uninstall(page)).toMatchObject({ left: [] })
  await barred.evaluate(async () => {
    window.outlast.optIn()
    window.outlast.identify('me')
    await window.outlast.flush()
  })
  expect(await left(page)).toEqual(NOTHING)
})

test('P5: events that cannot be delivered in time are dropped and counted', async ({ open, collector }) => {
  collector.fault({ mode: '503' })
  const page = await open()
  await page.evaluate(async () => {
    for (let n = 0; n < 3; n++) window.outlast.capture('lost')
    await window.outlast.stats()
  })
  expect(await uninstall(page, { timeout: 500 })).toEqual({ delivered: 0, dropped: 3, kept: [], left: [] })
  expect(await left(page)).toEqual(NOTHING)
})

test('P2: uninstall delivers what earlier pages left, where no client runs any more', async ({
  open,
  received,
  collector,
  context,
  site,
}) => {
  collector.fault({ mode: 'down' })
  const page = await open({ worker: false })
  await page.evaluate(async () => {
    window.outlast.capture('from an earlier page')
    await window.outlast.stats()
  })
  await page.close()
  collector.fault({ mode: 'ok' })
  const last = await context.newPage()
  await last.goto(without(site))
  expect(await uninstall(last)).toMatchObject({ delivered: 1, left: [] })
  await received(1)
  expect(await left(last)).toEqual(NOTHING)
})

test('P10: other tabs stop, write nothing more and hold nothing open', async ({ open, received }) => {
  const one = await open()
  const other = await open({ worker: false })
  await other.evaluate(async () => {
    window.outlast.capture('in the other tab')
    await window.outlast.stats()
  })
  const { left: stays } = await uninstall(one)
  expect(stays).toEqual([])
  const drops = await other.evaluate(async () => {
    const told: unknown[] = []
    window.outlast.on('drop', ({ reason }) => told.push(reason))
    window.outlast.capture('after')
    window.outlast.register({ plan: 'pro' })
    document.dispatchEvent(new Event('visibilitychange'))
    await new Promise((resolve) => setTimeout(resolve, 500))
    return told
  })
  expect(drops).toEqual(['shutdown'])
  expect((await received(1)).map(({ event }) => event)).toEqual(['in the other tab'])
  for (const page of [one, other]) expect(await left(page)).toEqual(NOTHING)
  // Neither does a choice, or what asks for an id.
  await other.evaluate(async () => {
    window.outlast.optOut()
    window.outlast.getWindowId()
    window.outlast.optOut({ clear: true })
    window.outlast.optIn()
    window.outlast.getWindowId()
    window.outlast.getSessionId()
    await new Promise((resolve) => setTimeout(resolve, 500))
  })
  expect(await left(other)).toEqual(NOTHING)
})

test('P10: a refusal is not forgotten, and a site that has the library again captures nothing', async ({
  open,
  collector,
}) => {
  const page = await open()
  await page.evaluate(() => window.outlast.optOut({ clear: true }))
  const { kept } = await uninstall(page)
  expect([...kept].sort()).toEqual([expect.stringMatching(/:opt_out$/), expect.stringMatching(/:opt_out_at$/)])
  expect(await left(page)).toEqual({ ...NOTHING, local: [...kept].sort() })
  await page.close()
  const again = await open()
  await again.evaluate(() => window.outlast.capture('refused'))
  expect(await again.evaluate(() => window.outlast.isOptOut())).toBe(true)
  expect(await uninstall(again, { forgetRefusals: true })).toMatchObject({ kept: [] })
  expect(await left(again)).toEqual(NOTHING)
  expect((await collector.stats()).events).toBe(0)
})

test('P10: a refusal that only the database remembers is not forgotten either', async ({ open, context, site }) => {
  const page = await open()
  await page.evaluate(async () => {
    window.outlast.optOut()
    await window.outlast.stats()
  })
  await page.close()
  const last = await context.newPage()
  await last.goto(without(site))
  await last.evaluate(() => localStorage.clear())
  expect((await uninstall(last)).kept).toHaveLength(2)
  await last.close()
  const again = await open()
  expect(await again.evaluate(() => window.outlast.isOptOut())).toBe(true)
})

test("P10: a site's own worker stays unless it is named, and its hook sees what is delivered", async ({
  open,
  received,
}) => {
  const page = await open({ worker: { url: '/own-worker.js', scope: '/', beforeSend: true }, flushInterval: 60_000 })
  await page.evaluate(async () => {
    window.outlast.capture('kept', { secret: 'x' })
    await window.outlast.stats()
  })
  await uninstall(page)
  const [event] = await received(1)
  expect(event?.properties).toMatchObject({ seen_by: 'worker' })
  expect(event?.properties).not.toHaveProperty('secret')
  expect((await left(page)).workers).toEqual(['/'])
  await uninstall(page, { scope: '/' })
  expect((await left(page)).workers).toEqual([])
})

test('P6: a browser that never answers holds up uninstall for seconds, and what is left is told', async ({ open }) => {
  const page = await open()
  await page.evaluate(() => window.outlast.ready)
  await page.evaluate(() => {
    const never = () => new Promise<never>(() => undefined)
    ServiceWorkerRegistration.prototype.unregister = never
    IDBFactory.prototype.databases = never
  })
  const began = Date.now()
  const { left: stays } = await uninstall(page, { scope: 'http://[', timeout: 0 })
  expect(Date.now() - began).toBeLessThan(15_000)
  expect(stays).toContainEqual(expect.stringContaining('/__outlast/'))
  // The browser answers again, and the next page removes the rest.
  const next = await open()
  expect(await uninstall(next)).toMatchObject({ left: [] })
  expect(await left(next)).toEqual(NOTHING)
})

test('P11: what uninstall has no option for is told, and all else is removed', async ({ context, open }) => {
  const said: string[] = []
  context.on('console', (message) => message.type() === 'warning' && said.push(message.text()))
  const page = await open()
  expect(await uninstall(page, { forgetRefusal: true } as UninstallOptions)).toMatchObject({ left: [] })
  expect(await uninstall(page, null as never)).toMatchObject({ left: [] })
  expect(await left(page)).toEqual(NOTHING)
  expect(said).toEqual(['[outlast] uninstall takes timeout, scope and forgetRefusals, not forgetRefusal'])
})

test('where there is nothing to remove, nothing is made', async ({ context, site }) => {
  const page = await context.newPage()
  await page.goto(without(site))
  expect(await uninstall(page)).toEqual({ delivered: 0, dropped: 0, kept: [], left: [] })
  expect(await left(page)).toEqual(NOTHING)
})

test('the file that docs/uninstall.md has for a site without the script removes worker and database', async ({
  open,
  site,
  context,
  received,
}) => {
  const docs = readFileSync(path.join(root, 'docs/uninstall.md'), 'utf8')
  const [, file = ''] = /```js\n(\/\/ Removes itself[\s\S]*?)```/.exec(docs) ?? []
  const [, snippet = ''] = /<script>([\s\S]*?)<\/script>/.exec(docs) ?? []
  const page = await open()
  await page.evaluate(() => window.outlast.capture('before'))
  await received(1)
  await page.close()
  site.answer('/__outlast/worker.js', { status: 200, headers: { 'Content-Type': 'text/javascript' }, body: file })
  const last = await context.newPage()
  await last.goto(without(site))
  await last.addScriptTag({ content: snippet })
  await expect.poll(async () => (await left(last)).workers).toEqual([])
  await expect.poll(async () => (await left(last)).databases).toEqual([])
})
