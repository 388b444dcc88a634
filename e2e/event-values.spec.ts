/** What events hold of whatever a page gives, and what they do not: in real Chromium. */

import { expect, test } from './fixtures'
import { expect as expectLate, test as lateTest } from './late-site'
import { leave } from './leave'

const HOSTS = [
  ['worker', {}],
  ['page', { worker: false }],
] as const
const PAGE = '/abuse.html'

/** Values that JSON has no form for, and one for each kind of mistake. */
const hostile = () => {
  const cycle: Record<string, unknown> = { a: 1 }
  cycle.self = cycle
  const bad = Object.defineProperty({ good: 1 }, 'bad', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  return {
    ...{ good: 1, big: 2n, list: [1, [2n]], cycle, deep: { deeper: bad }, half: 'a\ud83d', '\ude00': 1 },
    ...{
      map: new Map([['x', new Set([1])]]),
      error: new TypeError('no'),
      url: new URL('https://a.example/b'),
      at: new Date(0),
    },
    ...{ bytes: new Uint8Array([1, 2]), nan: Number.NaN, window, node: document.body, nothing() {} },
  }
}

const FORMS = {
  ...{ good: 1, big: '2', list: [1, ['2']], cycle: { a: 1, self: '[Circular]' }, deep: { deeper: { good: 1 } } },
  ...{ half: 'a\ufffd', '\ufffd': 1, map: { x: [1] }, error: { name: 'TypeError', message: 'no' } },
  ...{ url: 'https://a.example/b', at: '1970-01-01T00:00:00.000Z', bytes: [1, 2], nan: null },
  ...{ window: '[object Window]', node: '[object HTMLBodyElement]' },
}

/** Does this in the task in which the library starts, before any of its late code is there. */
const atOnceIn = (context: { addInitScript(script: string): Promise<unknown> }, work: string) =>
  context.addInitScript(`
    let client
    Object.defineProperty(window, 'outlast', {
      configurable: true,
      get: () => client,
      set(given) { client = given; (${work})(given) },
    })`)

for (const [host, options] of HOSTS) {
  for (const captureMode of ['v0', 'v1']) {
    test(`P11: what JSON has no form for has one, and what throws costs itself alone (${host}, ${captureMode})`, async ({
      context,
      open,
      received,
    }) => {
      await context.addInitScript(`window.hostile = ${hostile}`)
      await atOnceIn(context, `(client) => client.capture('at once', window.hostile())`)
      const page = await open({ ...options, captureMode }, PAGE)
      await page.evaluate(() => {
        window.outlast.identify('me\ude00')
        window.outlast.capture('later\ud83d', (window as never as { hostile(): object }).hostile())
        window.outlast.captureAi('$ai_generation', (window as never as { hostile(): object }).hostile())
        window.outlast.captureBatch(
          [{ event: 'earlier', properties: (window as never as { hostile(): object }).hostile() }],
          { historicalMigration: true },
        )
      })
      const events = await received(5)
      const of = (name: string) => events.find(({ event }) => event === name)
      for (const name of ['at once', 'later\ufffd', '$ai_generation', 'earlier']) {
        expect(of(name)?.properties).toMatchObject(FORMS)
        expect(of(name)?.properties).not.toHaveProperty('nothing')
      }
      expect(of('later\ufffd')?.distinct_id).toBe('me\ufffd')
    })
  }
}

test('P1, P5: under an old Prototype.js lists are lists on the wire, in what a page registers and in what it writes down', async ({
  context,
  open,
  received,
}) => {
  await context.addInitScript(
    'Array.prototype.toJSON = function () { return "[" + this.join() + "]" }; Date.prototype.toJSON = () => "\\"patched\\""; String.prototype.toJSON = function () { return "\\"" + this + "\\"" }',
  )
  const options = { worker: false }
  const first = await open(options, PAGE)
  await first.evaluate(() => {
    window.outlast.register({ tags: ['a', ['b']] })
    window.outlast.capture('sent', { list: [1, { deep: [2] }], at: new Date(0) })
  })
  await received(1)
  // Written to localStorage alone, since it is captured as the page goes, and sent by the next page.
  await first.evaluate(() => {
    navigator.sendBeacon = () => false
    addEventListener('pagehide', () => window.outlast.capture('written down', { list: [1, [2]] }))
  })
  await leave(first)
  await open(options, PAGE)
  const events = await received(2)
  for (const { properties } of events) expect(properties).toMatchObject({ tags: ['a', ['b']] })
  expect(events.find(({ event }) => event === 'sent')?.properties).toMatchObject({
    list: [1, { deep: [2] }],
    at: '1970-01-01T00:00:00.000Z',
  })
  expect(events.find(({ event }) => event === 'written down')?.properties.list).toEqual([1, [2]])
})

test('P5: a hash of a megabyte costs no event', async ({ context, open, received }) => {
  await atOnceIn(context, `(client) => { location.hash = 'x'.repeat(1_000_000); client.capture('at once') }`)
  const page = await open({}, PAGE)
  await page.evaluate(() => window.outlast.capture('later'))
  for (const { properties } of await received(2)) {
    expect(String(properties.$current_url)).toMatch(/^http.*#x{100}/)
    expect(String(properties.$current_url)).toHaveLength(5_000)
  }
})

test('P10: what is to be masked leaves no page, and the rest of the address does', async ({
  context,
  open,
  received,
  collector,
}) => {
  await atOnceIn(
    context,
    `(client) => {
      history.replaceState(null, '', location.pathname + '?token=hidden1&q=1&next=%2Fin%3Fcode%3Dhidden2#hidden3')
      client.capture('at once', { $referrer: location.href })
    }`,
  )
  const page = await open({ mask: { queryParams: 'secrets', hash: true } }, PAGE)
  await page.evaluate(() => window.outlast.capture('later', { $set_once: { $initial_current_url: location.href } }))
  const events = await received(2)
  const address = /^http.*\?token=<masked>&q=1&next=<masked>$/
  for (const { properties } of events) expect(properties.$current_url).toMatch(address)
  expect(events.find(({ event }) => event === 'at once')?.properties.$referrer).toMatch(address)
  expect(JSON.stringify(events)).not.toContain('hidden')
  expect((await collector.stats()).events).toBe(2)
})

lateTest(
  'P10: a page that is left before its late code is there gives away nothing that could be masked',
  async ({ context, site, visit, received }) => {
    await atOnceIn(
      context,
      `(client) => {
      history.replaceState(null, '', location.pathname + location.search + '&token=hidden')
      client.capture('at once', { good: 1 })
    }`,
    )
    site.hold('/outlast/chunks/delivery.js')
    const page = await visit({ mask: { queryParams: ['nothing'] } }, PAGE)
    await page.waitForFunction(() => window.outlast)
    await leave(page)
    site.recover('/outlast/chunks/delivery.js')
    await visit({}, '/')
    const [event] = await received(1)
    expectLate(event?.properties).toMatchObject({ good: 1 })
    expectLate(JSON.stringify(event)).not.toContain('hidden')
  },
)
