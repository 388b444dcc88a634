import type { Page } from 'playwright'
import type { Outlast, OutlastOptions } from '../src/page/types'
import { expect, test } from './fixtures'
import { leave } from './leave'

declare global {
  interface Window {
    /** Options of `init` that JSON cannot say, for `abuse.html`. */
    more?: OutlastOptions
  }
}

/** Who holds the queue: a worker, or the page that is abused. */
const HOSTS = [
  { host: 'worker', options: {} },
  { host: 'page', options: { worker: false } },
] as const

const PAGE = '/abuse.html'

for (const { host, options } of HOSTS) {
  test(`P1, P5, P7: of 100,000 captures in one task each is delivered or dropped with a reason, and the page stays usable (${host})`, async ({
    open,
    collector,
  }) => {
    const page = await open(options, PAGE)
    const burst = await page.evaluate(async () => {
      const drops: Record<string, number> = {}
      window.outlast.on('drop', ({ reason, count }) => {
        drops[reason] = (drops[reason] ?? 0) + count
      })
      const pressed = new Promise<number>((resolve) =>
        document.querySelector('#button')?.addEventListener('click', () => resolve(performance.now())),
      )
      const from = performance.now()
      for (let n = 0; n < 100_000; n++) window.outlast.capture('burst', { n })
      const captured = performance.now()
      document.querySelector<HTMLElement>('#button')?.click()
      const click = await pressed
      await new Promise((resolve) => requestAnimationFrame(resolve))
      return { drops, msToCapture: captured - from, msToClick: click - captured, msToFrame: performance.now() - click }
    })
    // Pressed by the browser too, as a visitor would, while everything is on its way.
    await page.click('#button')
    await drained(page)
    const stats = await page.evaluate(() => window.outlast.stats())
    expect(stats).toEqual({ accepted: 100_000, delivered: 10_000, pending: 0, dropped: { queue_full: 90_000 } })
    expect(burst.drops).toEqual(stats.dropped)
    const arrived = await collector.stats()
    expect(arrived).toMatchObject({ events: 10_000, duplicates: 0 })
    test.info().annotations.push({ type: 'measured', description: JSON.stringify({ ...burst, ...arrived }) })
  })

  test(`P7, P11: properties of 1 MB are delivered up to maxEventBytes and dropped above, alone (${host})`, {
    tag: '@quick',
  }, async ({ open, received }) => {
    const page = await open(options, PAGE)
    const drops = await page.evaluate(async () => {
      const seen: string[] = []
      window.outlast.on('drop', ({ reason, count }) => seen.push(`${reason} ${count}`))
      const text = (length: number) => 'x'.repeat(length)
      for (let n = 0; n < 5; n++) window.outlast.capture('large', { text: text(900_000) })
      window.outlast.capture('too large', { text: text(1_048_576) })
      window.outlast.capture('small')
      await window.outlast.stats()
      return seen
    })
    expect(drops).toEqual(['too_large 1'])
    const events = await received(6)
    expect(events.map(({ event }) => event).sort()).toEqual(['large', 'large', 'large', 'large', 'large', 'small'])
    expect(events.find(({ event }) => event === 'large')?.properties.text).toHaveLength(900_000)
    await drained(page)
    await inBalance(page)
  })

  test(`P10: a beforeSend that throws, blocks, or returns a promise, even one that never settles, costs those events alone (${host})`, async ({
    context,
    open,
    received,
  }) => {
    await context.addInitScript(() => {
      window.more = {
        beforeSend(event) {
          const bad: Record<string, () => unknown> = {
            throws() {
              throw new Error('hook')
            },
            'throws nothing'() {
              throw undefined
            },
            'never settles': () => new Promise(() => undefined),
            promises: () => Promise.resolve(event),
            garbage: () => 'event',
            trap: () =>
              new Proxy(event, {
                get() {
                  throw new Error('trap')
                },
              }),
            blocks() {
              const end = performance.now() + 300
              while (performance.now() < end);
              return event
            },
          }
          return (bad[event.event]?.() ?? event) as typeof event
        },
      }
    })
    const page = await open(options, PAGE)
    const drops = await page.evaluate(async () => {
      const seen: string[] = []
      window.outlast.on('drop', ({ reason }) => seen.push(reason))
      const names = ['throws', 'throws nothing', 'never settles', 'promises', 'garbage', 'trap', 'blocks', 'fine']
      for (const name of names) window.outlast.capture(name)
      await window.outlast.stats()
      return seen
    })
    expect(drops).toEqual(Array(6).fill('before_send'))
    const events = await received(2)
    expect(events.map(({ event }) => event)).toEqual(['blocks', 'fine'])
    await drained(page)
    expect(await inBalance(page)).toMatchObject({ accepted: 8, delivered: 2, dropped: { before_send: 6 } })
  })
}

/** What a page may have put in the place of `fetch`; `abused-worker.js` has the same for a worker. */
function patchFetch(how: string) {
  const abuses: Record<string, () => unknown> = {
    throws() {
      throw new Error('patched')
    },
    'gives garbage': () => ({ what: 'ever' }),
    'gives nothing': () => undefined,
    'never settles': () => new Promise(() => undefined),
  }
  const real = window.fetch
  let calls = 0
  window.fetch = ((...args: Parameters<typeof fetch>) => {
    calls += 1
    return calls <= 2 ? abuses[how]?.() : real(...args)
  }) as typeof fetch
}

for (const how of ['throws', 'gives garbage', 'gives nothing', 'never settles']) {
  test(`P1, P6: a patched fetch that ${how} loses nothing (page)`, async ({ context, open, received }) => {
    await context.addInitScript(patchFetch, how)
    const page = await open({ worker: false, requestTimeout: 500 }, PAGE)
    await page.evaluate(() => window.outlast.capture('patient'))
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'patient', copies: 1 })
    await drained(page)
    expect(await inBalance(page)).toMatchObject({ accepted: 1, delivered: 1 })
  })

  test(`P1, P6: a patched fetch that ${how} loses nothing (worker)`, async ({ open, received }) => {
    const worker = { url: `/abused-worker.js?fetch=${encodeURIComponent(how)}`, scope: '/abused/' }
    const page = await open({ worker, requestTimeout: 500 }, PAGE)
    expect(await page.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
    await page.evaluate(() => window.outlast.capture('patient'))
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'patient', copies: 1 })
    await drained(page)
    expect(await inBalance(page)).toMatchObject({ accepted: 1, delivered: 1 })
  })
}

for (const [abuse, patch] of [
  ['throws', 'navigator.sendBeacon = () => { throw new Error("patched") }'],
  ['refuses', 'navigator.sendBeacon = () => false'],
  ['is absent', 'navigator.sendBeacon = undefined'],
] as const) {
  test(`P1, P5: what a page without a worker has when it closes is delivered by the next visit, if sendBeacon ${abuse}`, async ({
    context,
    open,
    received,
  }) => {
    const opener = await open({ worker: false }, PAGE)
    await context.addInitScript(patch)
    const page = await open({ worker: false }, PAGE)
    await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
    await leave(page)
    await opener.reload()
    const events = await received(1)
    expect(events).toMatchObject([{ event: 'last words', copies: 1 }])
  })
}

/** What a page may have done to its own platform before the library is loaded: name and script. */
const PATCHED: [what: string, script: string][] = [
  ['crypto is absent', 'Object.defineProperty(window, "crypto", { value: undefined })'],
  ['crypto throws', 'crypto.getRandomValues = () => { throw new Error("patched") }'],
  [
    'console throws',
    'for (const name of ["log", "warn", "error", "info", "debug"]) console[name] = () => { throw new Error("patched") }',
  ],
  ['console is absent', 'Object.defineProperty(window, "console", { value: undefined })'],
  ['Date.now is not a number', 'Date.now = () => NaN'],
  ['Date.now is a word', 'Date.now = () => "yesterday"'],
  ['Date.now throws', 'Date.now = () => { throw new Error("patched") }'],
  ['Date.now is beyond any date', 'Date.now = () => 1e300'],
  ['Object.prototype is frozen', 'Object.freeze(Object.prototype)'],
  [
    'every intrinsic prototype is frozen',
    'for (const it of [Object, Array, Function, Promise, Map, Set, String, Number, Error, Date, RegExp]) { Object.freeze(it.prototype); Object.freeze(it) }',
  ],
  [
    'prototypes have enumerable extras',
    'Object.prototype.extra = function () {}; Array.prototype.extra = function () {}; String.prototype.extra = 1',
  ],
  // Prototype.js 1.6 and its like, which wrote JSON by themselves.
  [
    'toJSON of arrays and strings writes JSON itself',
    'Array.prototype.toJSON = function () { return "[" + this.join() + "]" }; String.prototype.toJSON = function () { return "\\"" + this + "\\"" }',
  ],
  [
    'toJSON of all objects gives a text',
    'Object.defineProperty(Object.prototype, "toJSON", { value: () => "patched" })',
  ],
  [
    'getRandomValues gives nothing back',
    'const fill = crypto.getRandomValues.bind(crypto); crypto.getRandomValues = (array) => void fill(array)',
  ],
  // Of other libraries: json2.js takes no notice of a replacer that it does not know, and some read dates out of texts.
  ['JSON.stringify ignores its replacer', 'const write = JSON.stringify; JSON.stringify = (value) => write(value)'],
  ['JSON.stringify indents', 'const write = JSON.stringify; JSON.stringify = (value, how) => write(value, how, 2)'],
  [
    'JSON.parse makes dates of texts',
    'const read = JSON.parse; JSON.parse = (text) => read(text, (_, value) => (/^\\d{4}-\\d\\d-\\d\\dT/.test(value) ? new Date(value) : value))',
  ],
  ['Date is another class', 'window.Date = class extends Date {}'],
  // MooTools 1.3 to 1.5.
  [
    'Array.from takes arrays and what has a length alone',
    'Array.from = (item) => (item == null ? [] : typeof item === "string" || item.length === undefined ? [item] : [].slice.call(item))',
  ],
  ['Promise is patched', `(${zoneLike})()`],
  [
    'localStorage throws',
    'for (const name of ["getItem", "setItem", "removeItem"]) Storage.prototype[name] = () => { throw new Error("patched") }',
  ],
  ['BroadcastChannel throws', 'window.BroadcastChannel = function () { throw new Error("patched") }'],
  [
    'Web Locks throw',
    'if (window.LockManager) LockManager.prototype.request = LockManager.prototype.query = () => { throw new Error("patched") }',
  ],
  ['indexedDB throws', 'IDBFactory.prototype.open = () => { throw new Error("patched") }'],
  ['CompressionStream throws', 'window.CompressionStream = function () { throw new Error("patched") }'],
  [
    'timers run late and hand out objects',
    'const real = setTimeout; window.setTimeout = (work, ms, ...args) => ({ id: real(work, (ms ?? 0) + 50, ...args) })',
  ],
]

/** Only the page's own host uses these, or they were never there. */
const OF_THE_HOST = /^(Web Locks|indexedDB|CompressionStream)/

for (const { host, options } of HOSTS) {
  for (const [what, script] of PATCHED) {
    if (host === 'worker' && OF_THE_HOST.test(what)) continue
    test(`P1: events are delivered although ${what} (${host})`, async ({ context, open, received }) => {
      await context.addInitScript(script)
      const page = await open(options, PAGE)
      await page.evaluate(() => {
        window.outlast.on('delivered', () => undefined)
        window.outlast.capture('one', { list: [1, 2], text: 'x' })
        window.outlast.capture('two')
      })
      const events = await received(2)
      expect(events.map(({ event }) => event).sort()).toEqual(['one', 'two'])
      for (const { timestamp } of events) expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000)
    })
  }
}

test('P11: the person and the session are the same on the next page, although all objects have a toJSON', async ({
  context,
  open,
}) => {
  await context.addInitScript(() => {
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'patched' })
  })
  const page = await open({}, PAGE)
  const known = () => page.evaluate(() => `${window.outlast.getDistinctId()} ${window.outlast.getSessionId()}`)
  await page.evaluate(() => window.outlast.identify('ada'))
  const before = await known()
  await page.reload()
  expect(before).toMatch(/^ada /)
  expect(await known()).toBe(before)
})

/** As zone.js does: Promise becomes another class, written on top of callbacks, and `then` is patched on the native one. */
function zoneLike() {
  const Native = window.Promise
  const then = Native.prototype.then
  class Zoned<T> {
    readonly inner: Promise<T>
    constructor(work: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) {
      this.inner = new Native(work)
    }
    // biome-ignore lint/suspicious/noThenProperty: it stands in for a promise
    then(done: never, failed: never) {
      const next = then.call(this.inner, done, failed)
      return new Zoned((resolve, reject) => then.call(next, resolve as never, reject as never))
    }
    catch(failed: never) {
      return this.then(undefined as never, failed)
    }
    finally(work: () => void) {
      const after = (value: T) => {
        work()
        return value
      }
      const failed = (error: unknown) => {
        work()
        throw error
      }
      return this.then(after as never, failed as never)
    }
    static resolve = (value: never) => new Zoned((resolve) => resolve(value))
    static reject = (error: never) => new Zoned((_, reject) => reject(error))
    static all = (values: never) => Zoned.resolve(Native.all(values) as never)
    static race = (values: never) => Zoned.resolve(Native.race(values) as never)
    static allSettled = (values: never) => Zoned.resolve(Native.allSettled(values) as never)
    static any = (values: never) => Zoned.resolve(Native.any(values) as never)
  }
  // biome-ignore lint/suspicious/noThenProperty: as above
  Native.prototype.then = function (this: Promise<unknown>, done, failed) {
    return new Zoned((resolve, reject) => then.call(this, resolve as never, reject as never)).then(
      done as never,
      failed as never,
    ) as never
  }
  window.Promise = Zoned as never
}

test('P1: a logger that throws, and one that captures each warning, stop nothing and do not spin', async ({
  context,
  open,
  received,
}) => {
  await context.addInitScript(() => {
    const told: string[] = []
    window.more = {
      logger: {
        warn(message: string) {
          told.push(message)
          window.outlast.capture('warned', { message })
          throw new Error('logger')
        },
      },
    }
    Object.assign(window, { told })
  })
  const page = await open({ maxQueueSize: 3, flushInterval: 60_000 }, PAGE)
  const told = await page.evaluate(async () => {
    window.outlast.on('drop', () => window.outlast.capture('dropped'))
    for (let n = 0; n < 5; n++) window.outlast.capture('one')
    window.outlast.capture('')
    await window.outlast.flush()
    return (window as typeof window & { told: string[] }).told.length
  })
  expect(told).toBeLessThan(20)
  await received(3)
  // The page may hear of a drop only after its flush, and captures an event then, which waits for the next one.
  const pending = () => page.evaluate(() => window.outlast.flush().then(() => window.outlast.pending()))
  await expect.poll(pending).toBe(0)
  await inBalance(page)
})

test('P11: properties that cannot be read cost themselves, and others have a form, in a real browser too', async ({
  open,
  received,
}) => {
  const page = await open({}, PAGE)
  await page.evaluate(() => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    const throws = {
      toJSON() {
        throw new Error('no')
      },
    }
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    window.outlast.capture('hostile', { good: 1, big: 1n, cycle, throws, proxy, window, node: document.body })
    window.outlast.capture('fine')
  })
  const events = await received(2)
  const hostile = events.find(({ event }) => event === 'hostile')
  expect(hostile?.properties).toMatchObject({ good: 1 })
  expect(hostile?.properties).toMatchObject({ big: '1', cycle: { self: '[Circular]' }, window: '[object Window]' })
  for (const name of ['throws', 'proxy']) expect(hostile?.properties).not.toHaveProperty(name)
})

/** Waits until the queue is empty. */
async function drained(page: Page) {
  await expect.poll(() => page.evaluate(() => window.outlast.pending()), { timeout: 40_000 }).toBe(0)
}

/** P5, at this moment. */
async function inBalance(page: Page): Promise<Awaited<ReturnType<Outlast['stats']>>> {
  const stats = await page.evaluate(() => window.outlast.stats())
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
  expect(stats.accepted).toBe(stats.delivered + stats.pending + dropped)
  return stats
}
