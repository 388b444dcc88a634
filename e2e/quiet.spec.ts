/** What a page with an event now and then asks of the platform, counted: each of these wakes a process of the browser. */

import type { BrowserContext, Page } from 'playwright'
import { runBeforeAllElse } from './before-all-else'
import { expect, test } from './fixtures'
import { captureAndForget, PAGE } from './told'

const COUNTED = ['transactions', 'timers', 'messages', 'requests'] as const
type Counts = Record<(typeof COUNTED)[number], number>

declare const counts: Counts

/** So many events, one after the other, each after the one before was delivered. */
const EVENTS = 5
/** How long a page captures nothing, in ms. */
const QUIET_MS = 10_000
/** What follows a delivery is over by then, in ms: the page's last timer for it runs after 2 s. */
const SETTLED_MS = 3_000

/**
 * The most for each event. On a machine at rest the worker has 7 transactions: it stores the event, claims it and settles it, and the
 * four others only read, which are the Background Sync's, started at once while there is a network. The page has none, and
 * 3 timers. Where the worker answers late, as on a busy machine, the page writes the event to its journal and removes it again.
 */
const MOST: Record<'page' | 'worker', Counts> = {
  page: { transactions: 2, timers: 4, messages: 2, requests: 0 },
  worker: { transactions: 9, timers: 18, messages: 8, requests: 1 },
}

/** Without anything around it, since it is posted as text. */
function count() {
  const found = { transactions: 0, timers: 0, messages: 0, requests: 0 }
  const counting = (of: object, name: string, what: keyof typeof found) => {
    const own = (of as Record<string, (...given: unknown[]) => unknown>)[name]
    Object.assign(of, {
      [name](this: unknown, ...given: unknown[]) {
        found[what] += 1
        return own?.apply(this, given)
      },
    })
  }
  counting(IDBDatabase.prototype, 'transaction', 'transactions')
  counting(globalThis, 'setTimeout', 'timers')
  counting(globalThis, 'fetch', 'requests')
  // A page posts to the worker, and the worker to its pages.
  const { ServiceWorker: worker, Client: client } = globalThis as unknown as Record<string, { prototype: object }>
  for (const posts of [worker, client]) if (posts) counting(posts.prototype, 'postMessage', 'messages')
  counting(BroadcastChannel.prototype, 'postMessage', 'messages')
  Object.assign(globalThis, { counts: found })
}

/** What page and worker have done so far. */
async function countsOf(page: Page, context: BrowserContext): Promise<{ page: Counts; worker: Counts }> {
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('no worker runs')
  return { page: await page.evaluate(() => ({ ...counts })), worker: await worker.evaluate(() => ({ ...counts })) }
}

/** For each event: what page and worker asked of the platform between two looks. */
const perEvent = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(COUNTED.map((name) => [name, (one[name] - other[name]) / EVENTS])) as Counts

test('a delivered event costs a bounded number of transactions, timers and messages, and a page without one costs none', async ({
  open,
  received,
  context,
  site,
}) => {
  await runBeforeAllElse(count, context, site)
  let workerStarts = 0
  context.on('serviceworker', () => {
    workerStarts += 1
  })
  const page = await open({ flushAt: 1 }, PAGE)
  await captureAndForget(page, 'first')
  await received(1)
  await page.waitForTimeout(SETTLED_MS)
  const before = await countsOf(page, context)
  for (let event = 1; event <= EVENTS; event++) {
    await captureAndForget(page, `event ${event}`)
    await received(1 + event)
  }
  await page.waitForTimeout(SETTLED_MS)
  const after = await countsOf(page, context)
  for (const [who, bounds] of Object.entries(MOST) as [keyof typeof MOST, Counts][]) {
    const found = perEvent(after[who], before[who])
    for (const name of COUNTED) expect(found[name], `${name} of the ${who}`).toBeLessThanOrEqual(bounds[name])
  }
  await page.waitForTimeout(QUIET_MS)
  expect(await countsOf(page, context)).toEqual(after)
  expect(workerStarts).toBe(1)
})
