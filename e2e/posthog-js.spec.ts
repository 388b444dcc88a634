/** The real posthog-js from npm, alone and with its delivery taken over. */

import type { BrowserContext, Page } from 'playwright'
import type { PostHogEvent } from '../src/plugins/posthog-js'
import { launchKillable, withProfile } from './browser'
import { expect, test } from './fixtures'

declare global {
  interface Window {
    posthog: {
      capture(event: string, properties?: Record<string, unknown>, options?: Record<string, unknown>): void
      identify(id: string, set?: Record<string, unknown>, setOnce?: Record<string, unknown>): void
    }
    seen: PostHogEvent[]
  }
}

const urlOf = (site: { url: string }, init: Record<string, unknown>) =>
  `${site.url}/posthog-js.html?init=${encodeURIComponent(JSON.stringify({ flushInterval: 200, ...init }))}`

async function visit(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => window.posthog)
  await page.evaluate(() => window.outlast?.ready)
  return page
}

test('P4: what posthog-js assembled arrives as it was, and posthog-js sends and keeps nothing', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(context, urlOf(site, { host: collector.url }))
  await page.evaluate(() => {
    window.posthog.identify('somebody', { plan: 'pro' }, { first: 'page' })
    window.posthog.capture('bought', { total: 42, $set: { seen: 1 } }, { $set: { seen: 2 }, $set_once: { once: true } })
    window.posthog.capture('earlier', {}, { timestamp: new Date('2026-01-02T03:04:05.678Z') })
  })
  await page.click('#buy')
  const events = await received(4)
  const seen = await page.evaluate(() => window.seen)
  expect(seen.map(({ event }) => event)).toEqual(['$identify', 'bought', 'earlier', '$autocapture'])
  for (const { uuid, event, timestamp, properties, $set, $set_once } of seen) {
    const arrived = events.find((one) => one.uuid === uuid)
    expect(arrived).toMatchObject({ event, timestamp, distinct_id: properties.distinct_id, copies: 1 })
    const sets = {
      ...($set ? { $set: { ...(properties.$set as object), ...$set } } : {}),
      ...($set_once && { $set_once }),
    }
    expect(arrived?.properties).toEqual({ ...properties, ...sets })
  }
  expect(events.find(({ event }) => event === 'bought')?.properties.$set).toMatchObject({ seen: 2 })
  expect(events.find(({ event }) => event === 'earlier')?.timestamp).toBe('2026-01-02T03:04:05.678Z')
  // A page that closes sends whatever its queue still holds.
  await page.close({ runBeforeUnload: true })
  const next = await visit(context, urlOf(site, { host: collector.url }))
  await next.evaluate(() => window.posthog.capture('next visit'))
  await received(5)
  expect(new Set((await collector.requests()).map(({ path }) => path))).toEqual(new Set(['/batch/']))
})

test('what posthog-js keeps for itself passes through', async ({ context, site, collector }) => {
  const page = await visit(context, urlOf(site, { host: collector.url }))
  const sent = page.waitForRequest('**/elsewhere/**')
  await page.evaluate(() => {
    const options = { _url: `${location.origin}/elsewhere/`, _batchKey: 'recordings', _noTruncate: true }
    window.posthog.capture('$snapshot', { $snapshot_data: [] }, options)
  })
  await sent
  expect(await page.evaluate(() => window.outlast.stats())).toMatchObject({ accepted: 0 })
})

for (const alone of [true, false]) {
  const subject = alone ? 'posthog-js alone loses' : 'P3: with the bridge posthog-js delivers'

  test(`${subject} what was captured offline in a tab that was then closed`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    const url = urlOf(site, { host: collector.url, alone })
    const page = await visit(context, url)
    await context.setOffline(true)
    await page.evaluate(async () => {
      window.posthog.capture('in the tunnel')
      await window.outlast?.stats()
    })
    await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
    await context.setOffline(false)
    // With the bridge no further visit is needed; alone, not even one helps.
    if (!alone) await received(1)
    const next = await visit(context, url)
    await next.evaluate(() => window.posthog.capture('next visit'))
    await expect.poll(async () => (await collector.events()).map(({ event }) => event)).toContain('next visit')
    const names = (await collector.events()).map(({ event }) => event)
    expect(names.includes('in the tunnel')).toBe(!alone)
  })

  test(`${subject.replace('P3', 'P2')} what a killed browser had not sent`, async ({ site, collector }) => {
    await collector.reset()
    collector.fault({ mode: '503' })
    const url = urlOf(site, { host: collector.url, alone })
    await withProfile(async (profile) => {
      const first = await launchKillable(profile)
      const page = await visit(first.context, url)
      await page.evaluate(async () => {
        window.posthog.capture('before the crash')
        await window.outlast?.stats()
      })
      // Alone, this is the request that failed; posthog-js would try it again in seconds.
      await expect.poll(async () => (await collector.stats()).requests, { timeout: 20_000 }).toBeGreaterThan(0)
      await first.kill()
      collector.fault({ mode: 'ok' })
      const second = await launchKillable(profile)
      const next = await visit(second.context, url)
      await next.evaluate(() => window.posthog.capture('next visit'))
      const names = async () => (await collector.events()).map(({ event }) => event)
      await expect.poll(names, { timeout: 20_000 }).toContain('next visit')
      if (!alone) await expect.poll(names, { timeout: 20_000 }).toContain('before the crash')
      expect((await names()).includes('before the crash')).toBe(!alone)
      await second.kill()
    })
  })
}
