import type { Page } from 'playwright'
import { test as base, expect, type Received } from './fixtures'
import { leave } from './leave'
import { startSite } from './site'

/**
 * What the pages here throw on purpose has this word in it; any other error fails a test. Of a thrown object Playwright says
 * that it is one, and no more.
 */
const PLANNED = /planned|^Object$/

const test = base.extend({
  context: async ({ browser }, use) => {
    const context = await browser.newContext()
    const errors: string[] = []
    context.on('weberror', (error) => errors.push(String(error.error().stack || error.error())))
    context.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await use(context)
    await context.close()
    expect(errors.filter((text) => !PLANNED.test(text) && !/Failed to load resource/.test(text))).toEqual([])
  },
})

const MODULE = '/outlast/exceptions.js'

interface Listed {
  type: string
  value: string
  mechanism: Record<string, unknown>
  stacktrace?: { frames: { filename: string; function: string; lineno: number; colno: number; in_app: boolean }[] }
}

const listOf = (event: Received | undefined) => event?.properties.$exception_list as Listed[]

/** Starts the capture of exceptions in a page. */
const start = (page: Page, options: Record<string, unknown> = {}) =>
  page.evaluate(
    async ([module, options]) => {
      const { exceptions } = await import(String(module))
      Object.assign(window, { own: exceptions(window.outlast, options) })
    },
    [MODULE, options] as const,
  )

/** Lets the page throw after this call, so that nothing of it is caught. */
const later = (page: Page, code: string) => page.evaluate((code) => void setTimeout(code), code)

/** Waits until the page has run what was put off, and gives the number of events that it has captured in all. */
const accepted = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return (await window.outlast.stats()).accepted
  })

for (const [what, code, type, value, mechanism] of [
  ['an uncaught error', 'throw new RangeError("planned")', 'RangeError', 'planned', 'onuncaughtexception'],
  ['a thrown text', 'throw "planned text"', 'Error', 'planned text', 'onuncaughtexception'],
  [
    'a thrown object',
    'throw { planned: 1 }',
    'Error',
    'Object captured as exception with keys: planned',
    'onuncaughtexception',
  ],
  [
    'a DOMException',
    'throw new DOMException("planned", "NotFoundError")',
    'DOMException',
    'NotFoundError: planned',
    'onuncaughtexception',
  ],
  [
    'an unhandled rejection',
    'Promise.reject(new TypeError("planned"))',
    'TypeError',
    'planned',
    'onunhandledrejection',
  ],
  [
    'a rejection with a text',
    'Promise.reject("planned")',
    'UnhandledRejection',
    'Non-Error promise rejection captured with value: planned',
    'onunhandledrejection',
  ],
] as const) {
  test(`${what} is captured, with what the browser says of it`, async ({ open, received }) => {
    const page = await open()
    await start(page)
    await later(page, code)
    const [event] = await received(1)
    expect(event?.event).toBe('$exception')
    expect(event?.properties.$exception_level).toBe('error')
    expect(listOf(event)).toMatchObject([{ type, value, mechanism: { type: mechanism, handled: false } }])
  })
}

test('an error has the functions, files, lines and columns of its stack, the outermost call first', async ({
  open,
  received,
  site,
}) => {
  site.answer('/thrower.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: 'function main() { handler() }\nfunction handler() {\n  boom()\n}\nfunction boom() { throw Error("planned") }',
  })
  const page = await open()
  await start(page)
  await page.addScriptTag({ url: '/thrower.js' })
  await page.evaluate(() => void setTimeout(() => Reflect.get(window, 'main')()))
  const [event] = await received(1)
  const frames = listOf(event)[0]?.stacktrace?.frames.slice(-3)
  const filename = `${site.url}/thrower.js`
  expect(frames).toMatchObject([
    { function: 'main', filename, lineno: 1, colno: 19, in_app: true },
    { function: 'handler', filename, lineno: 3, colno: 3 },
    { function: 'boom', filename, lineno: 5 },
  ])
})

test('causes that are each other’s, and the members of an aggregate, are listed once each', async ({
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  await later(
    page,
    `const a = new Error('planned a'); const b = new Error('b', { cause: a }); a.cause = b
     throw new AggregateError([a, b, 'c'], 'planned')`,
  )
  const [event] = await received(1)
  expect(listOf(event).map(({ value, mechanism }) => [value, mechanism.source, mechanism.parent_id])).toEqual([
    ['planned', undefined, undefined],
    ['planned a', 'member', 0],
    ['b', 'cause', 1],
    ['c', 'member', 0],
  ])
})

test('of an error in a script from another origin it is said that the browser keeps it to itself', async ({
  open,
  received,
}) => {
  const elsewhere = await startSite()
  try {
    elsewhere.answer('/foreign.js', {
      status: 200,
      headers: { 'Content-Type': 'text/javascript' },
      body: 'throw new Error("planned")',
    })
    const page = await open()
    const warned: string[] = []
    page.on('console', (message) => void (message.type() === 'warning' && warned.push(message.text())))
    await start(page)
    const url = `${elsewhere.url}/foreign.js`
    await page.addScriptTag({ url })
    const [event] = await received(1)
    expect(listOf(event)).toMatchObject([{ type: 'Error', value: 'Script error.', mechanism: { handled: false } }])
    await page.addScriptTag({ url: `${url}?2` })
    await received(2)
    expect(warned.filter((text) => text.includes('crossorigin'))).toHaveLength(1)
  } finally {
    await elsewhere.close()
  }
})

test('an error in a hook, also one that captures exceptions itself, does not go round in circles', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await context.newPage()
  await page.goto(`${site.url}/away.html`)
  await page.evaluate(
    async ([module, host]) => {
      const { init } = await import('/outlast/index.js' as string)
      const { exceptions, captureException } = await import(String(module))
      const client = init('phc_test', {
        ...{ host, flushInterval: 200, logger: { warn: (text: string) => console.error(`planned ${text}`) } },
        beforeSend(event: { event: string }) {
          captureException(client, new Error('planned, of the hook'))
          reportError(new Error('planned, of the hook too'))
          if (event.event === 'broken') throw new Error('planned, out of the hook')
          return event
        },
        onError: () => captureException(client, new Error('planned, of the listener')),
      })
      Object.assign(window, { outlast: client })
      exceptions(client, { consoleErrors: true })
      client.on('drop', () => {
        throw new Error('planned, out of the listener')
      })
      client.capture('fine')
      client.capture('broken')
    },
    [MODULE, collector.url] as const,
  )
  await received(3)
  const before = await accepted(page)
  // A loop would capture on and on, and that nothing comes shows in time alone.
  await page.waitForTimeout(1_000)
  expect(await accepted(page)).toBe(before)
  // Each kind may come ten times at the most, and there are no more than these kinds.
  expect(before).toBeLessThan(60)
})

test('an error of a page that is being left is delivered', async ({ open, received }) => {
  const page = await open()
  await start(page)
  await page.evaluate(() => {
    addEventListener('pagehide', () => {
      throw new Error('planned, at the end')
    })
  })
  await leave(page)
  const [event] = await received(1)
  expect(listOf(event)).toMatchObject([{ value: 'planned, at the end' }])
})

test('an error is captured once: by several handlers, by two copies of the code, and where it is caught and thrown again', async ({
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  await page.evaluate(async (copy) => {
    const { exceptions, captureException, addExceptionStep } = await import(copy)
    exceptions({ ...window.outlast })
    exceptions(window.outlast)
    addExceptionStep(window.outlast, 'of the other copy')
    setTimeout(() => {
      const error = new Error('planned')
      captureException(window.outlast, error, { by: 'hand' })
      throw error
    })
    setTimeout('throw "planned text"')
  }, `${MODULE}?copy=2`)
  const events = await received(2)
  expect(await accepted(page)).toBe(2)
  expect(events.map((event) => [listOf(event)[0]?.value, event.properties.by])).toEqual([
    ['planned', 'hand'],
    ['planned text', undefined],
  ])
  expect(events[0]?.properties.$exception_steps).toMatchObject([{ $message: 'of the other copy' }])
})

test('P10: steps go with no exception of after a refusal in another tab, or of after a time in the back/forward cache', async ({
  open,
  context,
  received,
}) => {
  const page = await open()
  await start(page)
  const step = (message: string) =>
    page.evaluate(async ([module, text]) => (await import(String(module))).addExceptionStep(window.outlast, text), [
      MODULE,
      message,
    ] as const)
  await step('before the refusal')
  await page.evaluate(() => {
    const heard = new Promise<void>((resolve) => addEventListener('storage', ({ key }) => key === 'last' && resolve()))
    Object.assign(window, { heard })
  })
  const other = await context.newPage()
  await other.goto(page.url())
  await other.evaluate(() => {
    window.outlast.optOut({ clear: true })
    window.outlast.optIn()
  })
  // Told after the choice, so that the page has heard of the choice before.
  await other.evaluate(() => localStorage.setItem('last', 'told'))
  await page.evaluate(() => Reflect.get(window, 'heard'))
  await later(page, 'throw new Error("planned, one")')
  const [one] = await received(1)
  expect(one?.properties).not.toHaveProperty('$exception_steps')
  await step('before the cache')
  await later(
    page,
    'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); throw new Error("planned, two")',
  )
  const events = await received(2)
  expect(events[1]?.properties).not.toHaveProperty('$exception_steps')
  await step('after it')
  await later(page, 'throw new Error("planned, three")')
  const all = await received(3)
  expect(all[2]?.properties.$exception_steps).toMatchObject([{ $message: 'after it' }])
})

test('an error that comes again and again is captured ten times, and the console says so once', async ({ open }) => {
  const page = await open()
  const warned: string[] = []
  page.on('console', (message) => void (message.type() === 'warning' && warned.push(message.text())))
  await start(page)
  await page.evaluate(async () => {
    for (let n = 0; n < 50; n++) setTimeout(() => Promise.reject(new Error(`planned ${n}`)))
    await new Promise((resolve) => setTimeout(resolve, 300))
  })
  expect(await accepted(page)).toBe(10)
  expect(warned.filter((text) => text.includes('too many'))).toHaveLength(1)
})

test('what console.error writes is captured where it is asked for, and written as before', async ({
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  await page.evaluate(() => console.error('planned, unasked'))
  expect(await accepted(page)).toBe(0)
  await start(page, { consoleErrors: true })
  await start(page, { consoleErrors: true })
  await page.evaluate(() => {
    console.error('planned', { a: 1 }, new TypeError('planned inner'))
    console.error('planned words', 7)
  })
  const events = await received(2)
  expect(events.map((event) => [listOf(event)[0]?.type, listOf(event)[0]?.value])).toEqual([
    ['TypeError', 'planned inner'],
    ['Error', 'planned words 7'],
  ])
  expect(events.map(({ properties }) => properties.$exception_source)).toEqual(['browser.console', 'browser.console'])
})

test('after stop the page tells of nothing more, and captureException goes on working', async ({ open, received }) => {
  const page = await open()
  await start(page, { consoleErrors: true })
  await page.evaluate(() => {
    const { own } = window as unknown as { own: { stop(): void; captureException(error: unknown): unknown } }
    own.stop()
    console.error('planned')
    setTimeout('throw new Error("planned")')
    own.captureException('planned by hand')
  })
  const [event] = await received(1)
  expect(await accepted(page)).toBe(1)
  expect(listOf(event)).toMatchObject([{ value: 'planned by hand', mechanism: { synthetic: true } }])
  // The place of the call, and nothing of outlast.
  expect(listOf(event)[0]?.stacktrace?.frames.every(({ filename }) => !filename.includes('/outlast/'))).toBe(true)
})

test('the script tag captures exceptions from its own time on, before the code for it has come', async ({
  context,
  site,
  collector,
  received,
}) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await context.route('**/lazy/exceptions.js', async (route) => {
    await held
    await route.continue()
  })
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-exceptions="console"></script>
      <script>throw new Error('planned, early')</script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.waitForTimeout(300)
  const releasedAt = Date.now()
  release()
  const [early] = await received(1)
  expect(listOf(early)).toMatchObject([{ value: 'planned, early', mechanism: { type: 'onuncaughtexception' } }])
  expect(Date.parse(early?.timestamp ?? '')).toBeLessThan(releasedAt)
  await page.waitForFunction(() => 'captureException' in window.outlast)
  await page.evaluate(() => {
    const { outlast } = window as unknown as { outlast: { push(command: unknown[]): void } }
    outlast.push(['addExceptionStep', 'a step'])
    outlast.push(['captureException', new Error('planned, by command'), { n: 1 }])
    console.error('planned, written')
    setTimeout('throw new Error("planned, late")')
  })
  const events = await received(4)
  expect(events.map((event) => listOf(event)[0]?.value)).toEqual([
    'planned, early',
    'planned, by command',
    'planned, written',
    'planned, late',
  ])
  expect(events[1]?.properties).toMatchObject({ n: 1, $exception_steps: [{ $message: 'a step' }] })
})

test('a page whose script tag does not ask for it captures no exceptions and loads none of the code', async ({
  context,
  site,
  collector,
}) => {
  const asked: string[] = []
  context.on('request', (request) => asked.push(request.url()))
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}"></script>
      <script>throw new Error('planned')</script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html`)
  await page.evaluate(() => window.outlast.ready)
  expect(await accepted(page)).toBe(0)
  expect(asked.filter((url) => url.includes('exceptions'))).toEqual([])
})

test('exceptions come along with a script tag from another origin, where no module may be imported', async ({
  context,
  collector,
  received,
}) => {
  // Its answers allow no other origin.
  const site = await startSite()
  try {
    const elsewhere = site.url.replace('localhost', '127.0.0.1')
    site.answer('/static.html', {
      status: 200,
      headers: { 'Content-Type': 'text/html' },
      body: `<!doctype html><title>static</title>
        <script src="${elsewhere}/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}"
          data-flush-interval="200" data-exceptions></script>
        <script>throw new Error('planned, early')</script>`,
    })
    const page = await context.newPage()
    await page.goto(`${site.url}/static.html`)
    expect(listOf((await received(1))[0])).toMatchObject([{ value: 'planned, early' }])
  } finally {
    await site.close()
  }
})

test('the address of a page in the frames of its own scripts is masked as any address is', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-exceptions data-mask="secrets, #"></script>
      <script>throw new Error('planned')</script>`,
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html?token=geheim#geheim`)
  const [event] = await received(1)
  expect(listOf(event)[0]?.stacktrace?.frames.at(-1)?.filename).toContain('/static.html?token=<masked>')
  expect(JSON.stringify(event)).not.toContain('geheim')
})
