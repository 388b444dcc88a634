/** A site that moves to another host for its events: its people, their choice, and what was queued for the earlier host. */

import type { Page } from 'playwright'
import { expect, test } from './fixtures'
import { choiceOnDisk } from './on-device'

/** The other name of the same collector: to the library it is another host. */
const otherName = (url: string) => url.replace('127.0.0.1', 'localhost')

const who = (page: Page) =>
  page.evaluate(() => {
    window.outlast.capture('seen')
    return {
      id: window.outlast.getDistinctId(),
      session: window.outlast.getSessionId(),
      out: window.outlast.isOptOut(),
    }
  })

/** Puts what is in localStorage under the names of earlier versions, for these hosts. */
const underOlderNames = (page: Page, ...hosts: string[]) =>
  page.evaluate((given) => {
    const start = 'outlast:phc_test:'
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(start)) continue
      const value = localStorage.getItem(key) as string
      for (const host of given) localStorage.setItem(`outlast:phc_test ${host}:${key.slice(start.length)}`, value)
      localStorage.removeItem(key)
    }
  }, hosts)

const keys = (page: Page) => page.evaluate(() => Object.keys(localStorage))

for (const options of [{}, { worker: false }]) {
  const host = 'worker' in options ? 'a page that hosts its queue' : 'a page with a worker'

  test(`a site that moves to another host, and back, keeps its person: ${host}`, async ({
    open,
    collector,
    received,
  }) => {
    const first = await open(options)
    await first.evaluate(() => {
      window.outlast.identify('user-1')
      window.outlast.register({ plan: 'pro' })
    })
    const before = await who(first)
    await first.close()
    for (const url of [otherName(collector.url), collector.url]) {
      const page = await open({ ...options, host: url })
      expect(await who(page)).toEqual(before)
      await page.close()
    }
    const seen = (await received(4)).filter(({ event }) => event === 'seen')
    expect(seen.map(({ properties }) => properties.plan)).toEqual(['pro', 'pro', 'pro'])
  })

  test(`P1: what was queued for an earlier host is delivered there, also from a backup: ${host}`, async ({
    open,
    collector,
    received,
  }) => {
    collector.fault({ mode: '503' })
    const first = await open(options)
    await first.evaluate(() => window.outlast.capture('queued'))
    await expect.poll(() => first.evaluate(() => window.outlast.pending())).toBe(1)
    await first.evaluate((url) => {
      const producer = '01890000-0000-7000-8000-000000000001'
      const event = JSON.stringify({
        ...{ uuid: '01890000-0000-7000-8000-000000000002', event: 'in a backup', distinct_id: 'user-1' },
        ...{ timestamp: new Date().toISOString(), properties: {} },
      })
      const handover = {
        producer,
        seq: 1,
        at: Date.now(),
        lane: 'live',
        skew: 0,
        format: 'v0',
        events: [event],
        dropped: {},
      }
      localStorage.setItem(
        `outlast:phc_test ${url}:backup:${producer}`,
        JSON.stringify({ v: 1, handovers: [handover] }),
      )
    }, otherName(collector.url))
    await first.close()
    collector.fault({ mode: 'ok' })
    const page = await open({ ...options, host: `${collector.url}/moved` })
    const events = await received(2)
    expect(events.map(({ event }) => event).sort()).toEqual(['in a backup', 'queued'])
    const moved = (await collector.requests()).filter(({ path }) => path.startsWith('/moved'))
    expect(moved).toEqual([])
    await expect.poll(async () => (await keys(page)).filter((key) => key.includes(':backup:'))).toEqual([])
  })

  test(`P10: optOut with clear empties the queue of an earlier host too: ${host}`, async ({ open, collector }) => {
    collector.fault({ mode: '503' })
    const first = await open(options)
    await first.evaluate(() => window.outlast.capture('queued'))
    await expect.poll(() => first.evaluate(() => window.outlast.pending())).toBe(1)
    await first.close()
    const page = await open({ ...options, host: otherName(collector.url) })
    await page.evaluate(() => window.outlast.optOut({ clear: true }))
    const left = () =>
      page.evaluate(async () => {
        const db = await new Promise<IDBDatabase>((resolve) => {
          const opening = indexedDB.open('outlast')
          opening.onsuccess = () => resolve(opening.result)
        })
        const counts = ['chunks', 'batches', 'bodies', 'journal'].map(
          (table) =>
            new Promise<number>((resolve) => {
              const counting = db.transaction(table).objectStore(table).count()
              counting.onsuccess = () => resolve(counting.result)
            }),
        )
        const all = await Promise.all(counts)
        db.close()
        return all.reduce((sum, count) => sum + count, 0)
      })
    await expect.poll(left).toBe(0)
    collector.fault({ mode: 'ok' })
    expect((await collector.stats()).events).toBe(0)
  })

  test(`P10: a refusal that only the queue of an earlier host still knows holds after a move: ${host}`, async ({
    open,
    collector,
  }) => {
    const first = await open(options)
    await first.evaluate(() => window.outlast.optOut())
    await choiceOnDisk(first, true)
    await first.evaluate(() => localStorage.clear())
    await first.close()
    const page = await open({ ...options, host: otherName(collector.url) })
    await page.evaluate(async () => {
      window.outlast.capture('refused')
      await window.outlast.flush()
    })
    await expect.poll(() => page.evaluate(() => window.outlast.isOptOut())).toBe(true)
    expect((await collector.stats()).events).toBe(0)
  })
}

test('what an earlier version filed under token and host is taken over once, from the host that the site has left too', async ({
  open,
  collector,
}) => {
  const first = await open({ worker: false })
  await first.evaluate(() => {
    window.outlast.identify('user-1')
    window.outlast.register({ plan: 'pro' })
  })
  const before = await who(first)
  await first.evaluate(() => window.outlast.shutdown())
  await underOlderNames(first, otherName(collector.url))
  await first.close()
  const page = await open({ worker: false })
  expect(await who(page)).toEqual(before)
  await expect.poll(async () => (await keys(page)).filter((key) => key.includes('phc_test http'))).toEqual([])
  await page.evaluate(() => window.outlast.reset())
  const after = await who(page)
  await page.reload()
  expect(await who(page)).toEqual(after)
})

test('P10: a refusal under an older name wins over a consent under another one', async ({ open, collector }) => {
  const first = await open({ worker: false })
  await first.evaluate(() => window.outlast.shutdown())
  await first.evaluate(
    ([one, other]) => {
      localStorage.clear()
      localStorage.setItem(`outlast:phc_test ${one}:opt_out`, 'true')
      localStorage.setItem(`outlast:phc_test ${other}:opt_out`, 'false')
    },
    [collector.url, otherName(collector.url)],
  )
  await first.close()
  expect((await who(await open({ worker: false }))).out).toBe(true)
})
