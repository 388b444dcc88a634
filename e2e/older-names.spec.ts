/**
 * What earlier versions filed under project token and host: the person goes on, a refusal holds from the first moment, and a tab
 * of such a version and one of today go on beside each other.
 */

import type { Page } from 'playwright'
import { expect, test } from './late-site'
import { leave } from './leave'
import { told } from './told'
import { buildVariant, OLDER_NAMES, serve, withdraw } from './variant'

const CALLS = '/calls.html'

/** The other name of the same collector: to the library it is another host. */
const otherName = (url: string) => url.replace('127.0.0.1', 'localhost')

const ids = (page: Page) =>
  page.evaluate(() => ({
    id: window.outlast.getDistinctId(),
    session: window.outlast.getSessionId(),
    out: window.outlast.isOptOut(),
  }))

const keys = (page: Page) => page.evaluate(() => Object.keys(localStorage).sort())
const older = async (page: Page) => (await keys(page)).filter((key) => /^outlast:phc_test http.*:(?!backup)/.test(key))

/** Serves a build of an earlier version while `work` runs, and gives what `work` gives. */
async function withOlderVersion<Result>(
  site: Parameters<typeof serve>[0],
  work: () => Promise<Result>,
): Promise<Result> {
  const variant = await buildVariant([], OLDER_NAMES)
  serve(site, variant)
  const result = await work()
  withdraw(site, variant)
  return result
}

interface Visitors {
  site: Parameters<typeof serve>[0]
  visit(options: Record<string, unknown>, file: string): Promise<Page>
  received(count: number): Promise<unknown>
}

/**
 * An anonymous visitor whom an earlier version has seen. Gives the visitor's id.
 *
 * @param before what the visitor does before leaving
 */
const anonymousBefore = ({ site, visit, received }: Visitors, before?: (page: Page) => Promise<unknown>) =>
  withOlderVersion(site, async () => {
    const page = await visit({ worker: false }, CALLS)
    await received(1)
    const { id } = await ids(page)
    await before?.(page)
    await leave(page)
    return id
  })

test('a visitor of an earlier version stays who they are, from the first event on', async ({
  visit,
  site,
  received,
  collector,
}) => {
  const options = { worker: false, host: otherName(collector.url) }
  const before = await withOlderVersion(site, async () => {
    const page = await visit(
      {
        ...options,
        calls: [
          ['register', { plan: 'pro' }],
          ['identify', 'ada'],
          ['group', 'company', 'acme'],
        ],
      },
      CALLS,
    )
    await received(3)
    const known = await ids(page)
    expect(await older(page)).not.toEqual([])
    await leave(page)
    return known
  })
  // At another host than the earlier version had.
  const page = await visit({ worker: false, calls: [['setPersonProperties', { seen: true }]] }, CALLS)
  const events = (await received(5)).slice(3)
  expect(events.map(({ event, distinct_id }) => [event, distinct_id]).sort()).toEqual([
    ['$set', 'ada'],
    ['at once', 'ada'],
  ])
  for (const { properties } of events) {
    expect(properties).toMatchObject({ plan: 'pro', $groups: { company: 'acme' }, $session_id: before.session })
  }
  expect(await ids(page)).toEqual(before)
  await expect.poll(() => older(page)).toEqual([])
  expect((await told(page)).warnings).toEqual([])
  // Once: a later person is not replaced by the earlier one.
  await page.evaluate(() => window.outlast.reset())
  const after = await ids(page)
  await leave(page)
  expect(await ids(await visit({ worker: false }, CALLS))).toMatchObject({ id: after.id })
})

test('who logs in on the first page is merged with the anonymous past of the earlier version', async ({
  visit,
  site,
  received,
}) => {
  const before = await anonymousBefore({ site, visit, received })
  const page = await visit(
    {
      worker: false,
      calls: [
        ['identify', 'ada'],
        ['register', { plan: 'pro' }],
      ],
    },
    CALLS,
  )
  const events = (await received(3)).slice(1)
  expect(events.find(({ event }) => event === '$identify')).toMatchObject({
    distinct_id: 'ada',
    properties: { $anon_distinct_id: before },
  })
  expect(events.find(({ event }) => event === 'at once')?.distinct_id).toBe(before)
  await leave(page)
  const next = await visit({ worker: false }, CALLS)
  const last = (await received(4)).at(-1)
  expect(last).toMatchObject({ distinct_id: 'ada', properties: { plan: 'pro' } })
  expect((await ids(next)).id).toBe('ada')
})

for (const clear of [false, true]) {
  test(`P10: an opt-out ${clear ? 'with clear ' : ''}of an earlier version holds from the first moment, and whoever agrees later is ${clear ? 'another' : 'the same'} person`, async ({
    visit,
    site,
    collector,
    received,
  }) => {
    const before = await anonymousBefore({ site, visit, received }, (page) =>
      page.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear),
    )
    const page = await visit({ worker: false, host: otherName(collector.url) }, CALLS)
    await page.waitForFunction(() => window.outlast.isOptOut())
    await expect.poll(async () => (await told(page)).drop).toMatchObject([{ reason: 'opted_out', count: 1 }])
    await page.evaluate(() => window.outlast.flush())
    expect((await collector.stats()).events).toBe(1)
    await page.evaluate(() => {
      window.outlast.optIn()
      window.outlast.capture('agreed')
    })
    const [, agreed] = await received(2)
    expect(agreed?.event).toBe('agreed')
    expect(agreed?.distinct_id === before).toBe(!clear)
  })
}

test('P10: optOut with clear before consent leaves nothing of the earlier version on the device', async ({
  visit,
  site,
  received,
}) => {
  const before = await anonymousBefore({ site, visit, received })
  const page = await visit({ worker: false, consent: 'pending' }, CALLS)
  await page.evaluate(() => window.outlast.ready)
  await page.evaluate(() => window.outlast.optOut({ clear: true }))
  await expect.poll(() => older(page)).toEqual([])
  expect(JSON.stringify(await page.evaluate(() => Object.entries(localStorage)))).not.toContain(before)
})

test('P10, P7: a tab of an earlier version and one of today have one person and one choice, and end in peace', async ({
  visit,
  site,
  received,
  collector,
}) => {
  const old = await withOlderVersion(site, async () => {
    const tab = await visit({ worker: false, calls: [['identify', 'ada']] }, CALLS)
    await received(2)
    return tab
  })
  const page = await visit({ worker: false }, CALLS)
  await received(3)
  expect((await ids(page)).id).toBe('ada')
  // Each goes on with the person, whatever the other one removes or writes.
  for (const tab of [old, page, old, page]) await tab.evaluate(() => window.outlast.capture('beside'))
  const events = await received(7)
  expect(new Set(events.slice(2).map(({ distinct_id }) => distinct_id))).toEqual(new Set(['ada']))
  // The refusal of either is that of both, and neither takes it for more than it is.
  await old.evaluate(() => window.outlast.optOut())
  await page.waitForFunction(() => window.outlast.isOptOut())
  await page.evaluate(() => window.outlast.optIn())
  await old.waitForFunction(() => !window.outlast.isOptOut())
  await page.evaluate(() => window.outlast.capture('agreed'))
  expect((await received(8)).at(-1)).toMatchObject({ event: 'agreed', distinct_id: 'ada' })
  await page.evaluate(() => window.outlast.optOut({ clear: true }))
  await old.waitForFunction(() => window.outlast.isOptOut())
  await leave(old)
  await leave(page)
  const last = await visit({ worker: false }, CALLS)
  await last.waitForFunction(() => window.outlast.isOptOut())
  const all = JSON.stringify(await last.evaluate(() => Object.entries(localStorage)))
  expect(all).not.toContain('ada')
  expect((await collector.stats()).events).toBe(8)
})
