/** Files that only some pages load: one that is late or missing costs no event and gives nothing away, and is told. */

import { BY_NEED, expect, stored, test } from './late-site'
import { leave } from './leave'
import { NOTHING, onDevice } from './on-device'
import { capture, captureAndForget, told } from './told'

const MASK = { mask: { queryParams: ['token'] } }
const SECRET = 'https://shop.example.com/?token=hidden&q=1'

test('a page that needs none of them loads none of them', async ({ visit, received }) => {
  const page = await visit()
  await capture(page, 'one')
  await received(1)
  const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name))
  const chunks = names.flatMap((name) => /\/chunks\/(.*)$/.exec(name)?.[1] ?? [])
  expect(chunks).toEqual(['delivery.js'])
})

test('P10: while the code for a mask is late nothing is sent, and what is sent then is masked', async ({
  visit,
  site,
  collector,
  received,
}) => {
  site.hold(BY_NEED.masking)
  const page = await visit(MASK)
  await page.evaluate((link) => window.outlast.capture('clicked', { href: link }), SECRET)
  await expect.poll(() => site.held(BY_NEED.masking)).toBe(1)
  await expect.poll(() => stored(page, 'journal')).toEqual(['clicked'])
  expect((await collector.stats()).events).toBe(0)
  // It is asked for again.
  site.recover(BY_NEED.masking)
  const [event] = await received(1)
  expect(event?.properties.href).toBe('https://shop.example.com/?token=<masked>&q=1')
})

test('P10: a page that is left while the code for its mask is late gives nothing away', async ({
  visit,
  site,
  received,
}) => {
  site.hold(BY_NEED.masking)
  const page = await visit(MASK)
  await page.evaluate((link) => window.outlast.capture('clicked', { href: link }), SECRET)
  await leave(page)
  site.recover(BY_NEED.masking)
  await visit(MASK)
  const [event] = await received(1)
  expect(JSON.stringify(event)).not.toContain('hidden')
})

test('P10: without the code for consent nothing is stored or sent, and an agreement counts all the same', async ({
  visit,
  site,
  collector,
  received,
}) => {
  site.hold(BY_NEED.waiting)
  const page = await visit({ consent: 'pending' })
  await captureAndForget(page, 'before')
  await expect.poll(() => site.held(BY_NEED.waiting)).toBe(1)
  expect(await onDevice(page)).toEqual(NOTHING)
  expect((await collector.stats()).events).toBe(0)
  await page.evaluate(() => window.outlast.optIn())
  await capture(page, 'after')
  expect((await received(2)).map(({ event }) => event)).toEqual(['before', 'after'])
  site.recover(BY_NEED.waiting)
  await capture(page, 'later')
  expect((await received(3)).map(({ copies }) => copies)).toEqual([1, 1, 1])
})

test('P10: a page without the code for consent hears of an agreement in another tab', async ({
  visit,
  site,
  received,
}) => {
  const tab = await visit({ consent: 'pending' })
  // Its code is there by now, so that it alone is not held.
  await tab.evaluate(() => window.outlast.ready)
  site.hold(BY_NEED.waiting)
  const page = await visit({ consent: 'pending' })
  await captureAndForget(page, 'before')
  await expect.poll(() => site.held(BY_NEED.waiting)).toBe(1)
  await tab.evaluate(() => window.outlast.optIn())
  await captureAndForget(page, 'after')
  expect((await received(2)).map(({ event }) => event)).toEqual(['before', 'after'])
  site.recover(BY_NEED.waiting)
  await capture(page, 'later')
  expect((await received(3)).map(({ copies }) => copies)).toEqual([1, 1, 1])
})

test('P10: a visitor whose browser objects is not observed, also where the code for that is missing', async ({
  visit,
  site,
  collector,
  context,
}) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true }))
  site.hold(BY_NEED.waiting)
  const page = await visit({ respectGpc: true })
  await page.evaluate(() => {
    window.outlast.capture('one')
    window.outlast.optIn()
    window.outlast.capture('two')
  })
  await expect.poll(() => site.held(BY_NEED.waiting)).toBe(1)
  expect((await onDevice(page)).databases).toEqual([])
  await leave(page)
  expect((await collector.stats()).events).toBe(0)
})

test('P11: setPersistence whose code does not come changes nothing, says so, and may be called again', async ({
  visit,
  site,
  received,
}) => {
  site.answer(BY_NEED.persistence, { status: 503 })
  const page = await visit({ persistence: 'memory' })
  await capture(page, 'one')
  await received(1)
  await page.evaluate(() => window.outlast.setPersistence('auto'))
  expect((await told(page)).warnings.join()).toContain('setPersistence has changed nothing')
  expect((await onDevice(page)).databases).toEqual([])
  site.answer(BY_NEED.persistence, undefined)
  const ready = await page.evaluate(() => window.outlast.setPersistence('auto'))
  expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
})

test('P11: without the words of warnings each says what it is about, and a later one has words again', async ({
  visit,
  site,
}) => {
  site.answer(BY_NEED.warnings, { status: 503 })
  const page = await visit({ flushAtt: 5 })
  await expect.poll(async () => (await told(page)).warnings.join()).toContain('unknown "flushAtt"')
  site.answer(BY_NEED.warnings, undefined)
  await page.evaluate(() => window.outlast.identify(''))
  await expect.poll(async () => (await told(page)).warnings.join()).toContain("identify's distinct id must be")
})
