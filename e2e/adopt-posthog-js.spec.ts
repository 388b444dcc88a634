/** A site that has replaced posthog-js keeps the visitors whom the real posthog-js has left on the device. */

import type { Page } from 'playwright'
import type { Received } from './fixtures'
import { DELIVERY_FILE, expect, test } from './late-site'
import { leave } from './leave'
import { PAGE, told } from './told'

interface Left {
  id: string
  device: string
  session: string
}

type PostHog = Record<string, (...given: unknown[]) => unknown>
type Calls = [name: string, ...given: unknown[]][]

const NOWHERE = 'http://127.0.0.1:9'

test.beforeEach(({ site }) => {
  site.answer('/former.html', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><p>' })
})

/** A visit to the site as it was: what posthog-js knows at its end. */
async function formerVisit(
  page: Page,
  url: string,
  config: Record<string, unknown>,
  calls: Calls,
  query = '',
): Promise<Left> {
  await page.goto(`${url}/former.html${query}`)
  const left = await page.evaluate(
    async ([given, called]) => {
      const { default: posthog } = (await import('/posthog-js/module.no-external.js' as string)) as { default: PostHog }
      const quiet = {
        capture_pageview: false,
        advanced_disable_flags: true,
        autocapture: false,
        capture_pageleave: false,
      }
      posthog.init?.('phc_test', { ...quiet, ...given })
      posthog.capture?.('former')
      for (const [name, ...args] of called) posthog[name]?.(...args)
      const [id, session] = [posthog.get_distinct_id?.(), posthog.get_session_id?.()]
      return { id, device: posthog.get_property?.('$device_id'), session } as Left
    },
    [{ api_host: NOWHERE, ...config }, calls] as const,
  )
  await page.close()
  return left
}

/** What outlast has on the device of this origin, in one text. */
const ownKeys = (page: Page) =>
  page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([key]) => key.startsWith('outlast:'))
      .join(),
  )

const ADOPTS = { worker: false, adopt: 'posthog-js' }
const CALLS: Calls = [
  ['register', { plan: 'pro', cart: { items: 2 } }],
  ['group', 'company', 'acme'],
]
const named = (events: Received[], name: string) => events.find(({ event }) => event === name)

for (const persistence of ['localStorage+cookie', 'localStorage', 'cookie']) {
  for (const [who, calls] of [
    ['an anonymous visitor', CALLS],
    ['a known one', [['identify', 'user-1'], ...CALLS]],
  ] as [string, Calls][]) {
    test(`with posthog-js's ${persistence}, ${who} stays who they are, from the first event on`, async ({
      visit,
      site,
      received,
      context,
    }) => {
      const left = await formerVisit(await context.newPage(), site.url, { persistence }, calls)
      const page = await visit(ADOPTS, '/calls.html')
      const [seen] = await received(1)
      expect(seen).toMatchObject({ event: 'at once', distinct_id: left.id })
      expect(seen?.properties).toMatchObject({ own: 1, plan: 'pro', cart: { items: 2 } })
      expect(seen?.properties).toMatchObject({ $groups: { company: 'acme' }, $session_id: left.session })
      // Nothing of posthog-js's own state.
      expect(Object.keys(seen?.properties ?? {}).sort()).toEqual([
        '$current_url',
        '$groups',
        '$lib',
        '$lib_version',
        '$session_id',
        '$window_id',
        'cart',
        'distinct_id',
        'own',
        'plan',
        'token',
      ])
      expect(await page.evaluate(() => window.outlast.getAnonymousId())).toBe(left.device)
      expect(await page.evaluate(() => window.outlast.getSessionId())).toBe(left.session)
      expect(await page.evaluate(() => window.outlast.getWindowId())).toBe(seen?.properties.$window_id)
      expect((await told(page)).warnings).toEqual([])
    })
  }
}

test('a visitor who logs in on the first page is merged with their past, and a known one is not merged', async ({
  visit,
  site,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, [])
  const visited = await visit({ ...ADOPTS, calls: [['identify', 'ada', { plan: 'pro' }]] }, '/calls.html')
  const first = await received(2)
  expect(named(first, 'at once')?.distinct_id).toBe(left.id)
  expect(named(first, '$identify')).toMatchObject({ distinct_id: 'ada', properties: { $anon_distinct_id: left.id } })
  // An open tab would write its person back.
  await leave(visited)
  await context.clearCookies()
  const page = await context.newPage()
  await page.goto(`${site.url}/former.html`)
  await page.evaluate(() => localStorage.clear())
  const known = await formerVisit(page, site.url, {}, [['identify', 'bob']])
  const next = await visit({ ...ADOPTS, calls: [['identify', 'cyd', { plan: 'pro' }]] }, '/calls.html')
  const all = (await received(4)).slice(2)
  expect(named(all, 'at once')?.distinct_id).toBe(known.id)
  expect(named(all, '$identify')).toBeUndefined()
  expect(named(all, '$set')).toMatchObject({ distinct_id: 'cyd', properties: { $set: { plan: 'pro' } } })
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe('cyd')
})

for (const way of ['a module', 'the script tag']) {
  test(`${way} with web context: the first visit is the one that posthog-js saw, from the first event on`, async ({
    site,
    collector,
    received,
    context,
  }) => {
    const seen = { opt_out_useragent_filter: true, person_profiles: 'always' }
    await formerVisit(await context.newPage(), site.url, seen, [], '?utm_source=old')
    const options = { host: collector.url, worker: false, adopt: 'posthog-js' }
    const code =
      way === 'a module'
        ? `<script type="module">
            import { init } from '/outlast/index.js'
            import { webContext } from '/outlast/web-context.js'
            const outlast = init('phc_test', ${JSON.stringify(options)})
            webContext(outlast)
            outlast.capture('at once')
            outlast.identify('zoe')
          </script>`
        : `<script>window.outlast = [['capture', 'at once'], ['identify', 'zoe']]</script>
          <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-worker="false"
            data-adopt="posthog-js" data-web-context></script>`
    site.answer('/now.html', { status: 200, headers: { 'Content-Type': 'text/html' }, body: `<!doctype html>${code}` })
    const page = await context.newPage()
    await page.goto(`${site.url}/now.html?utm_source=new`)
    const events = await received(2)
    for (const name of ['at once', '$identify']) {
      const { $set_once, ...properties } = named(events, name)?.properties ?? {}
      expect(properties, name).toMatchObject({ $session_entry_utm_source: 'old' })
      expect(properties.$session_entry_url, name).toContain('/former.html')
      expect($set_once, name).toMatchObject({ $initial_utm_source: 'old', utm_source: 'old' })
      expect(JSON.stringify($set_once), name).not.toContain('/now.html')
    }
  })
}

test('what posthog-js has left is read once: a person who was reset or erased does not come back by it', async ({
  visit,
  site,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, CALLS)
  const page = await visit(ADOPTS, '/calls.html')
  await received(1)
  await page.evaluate(() => window.outlast.reset())
  const after = await page.evaluate(() => window.outlast.getDistinctId())
  await leave(page)
  const second = await visit(ADOPTS, '/calls.html')
  await received(2)
  expect(await second.evaluate(() => window.outlast.getDistinctId())).toBe(after)
  await second.evaluate(() => window.outlast.optOut({ clear: true }))
  await leave(second)
  const third = await visit({ ...ADOPTS, calls: [['optIn'], ['capture', 'agreed']] }, '/calls.html')
  const agreed = named(await received(3), 'agreed')
  expect(agreed?.distinct_id).not.toBe(left.id)
  expect(agreed?.properties.plan).toBeUndefined()
  expect(await ownKeys(third)).not.toContain(left.id)
})

for (const kept of ['localStorage', 'cookie']) {
  test(`P10: who has opted out of posthog-js is not observed, where the ${kept} says so`, async ({
    visit,
    site,
    collector,
    context,
  }) => {
    const config = { opt_out_capturing_persistence_type: kept }
    const left = await formerVisit(await context.newPage(), site.url, config, [['opt_out_capturing']])
    const page = await visit(ADOPTS, '/calls.html')
    await page.waitForFunction(() => window.outlast.isOptOut())
    expect((await told(page)).drop).toMatchObject([{ reason: 'opted_out', count: 1 }])
    expect(await ownKeys(page)).not.toContain(left.id)
    expect((await collector.stats()).events).toBe(0)
    // A later consent is the person's last word.
    await page.evaluate(() => window.outlast.optIn())
    await leave(page)
    const next = await visit(ADOPTS, '/calls.html')
    await next.evaluate(() => window.outlast.flush())
    expect(await next.evaluate(() => window.outlast.isOptOut())).toBe(false)
    expect((await collector.events({ limit: 10 })).map(({ event }) => event)).toEqual(['at once'])
  })
}

test('P10: before consent nobody is taken over; with it the visitor is, and what was captured is theirs', async ({
  visit,
  site,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, CALLS)
  const page = await visit({ ...ADOPTS, consent: 'pending' }, '/calls.html')
  await page.evaluate(() => window.outlast.ready)
  expect(await page.evaluate(() => window.outlast.getDistinctId())).not.toBe(left.id)
  expect(await ownKeys(page)).toBe('')
  await page.evaluate(() => window.outlast.optIn())
  const [seen] = await received(1)
  expect(seen).toMatchObject({ event: 'at once', distinct_id: left.id })
})

test('without its late code nothing goes out under another identity; once that is there, nothing is lost', async ({
  visit,
  site,
  collector,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, CALLS)
  site.hold(DELIVERY_FILE)
  const lost = await visit(ADOPTS, '/calls.html')
  await leave(lost)
  const page = await visit(ADOPTS, '/calls.html')
  expect(await ownKeys(page)).toBe('')
  expect((await collector.stats()).events).toBe(0)
  site.recover(DELIVERY_FILE)
  const events = await received(1)
  expect(events.map(({ distinct_id }) => distinct_id)).toEqual([left.id])
})

test('two tabs that take the visitor over at once have one person, and their events are of that one', async ({
  visit,
  site,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, CALLS)
  const pages = await Promise.all([visit(ADOPTS, '/calls.html'), visit(ADOPTS, '/calls.html')])
  const events = await received(2)
  expect(events.map(({ distinct_id }) => distinct_id)).toEqual([left.id, left.id])
  expect(events.map(({ properties }) => properties.$session_id)).toEqual([left.session, left.session])
  for (const page of pages) {
    expect(await page.evaluate(() => window.outlast.getDistinctId())).toBe(left.id)
  }
})

test('a person whom outlast knows already stays, and a wrong word is told', async ({ visit, site, context }) => {
  const first = await visit({ worker: false })
  await first.evaluate(() => window.outlast.ready)
  const known = await first.evaluate(() => window.outlast.getDistinctId())
  await leave(first)
  await formerVisit(await context.newPage(), site.url, {}, CALLS)
  const page = await visit(ADOPTS)
  expect(await page.evaluate(() => window.outlast.getDistinctId())).toBe(known)
  const wrong = await visit({ worker: false, adopt: 'posthog' }, PAGE)
  await wrong.evaluate(() => window.outlast.ready)
  await expect.poll(async () => (await told(wrong)).warnings.join()).toContain('adopt')
})

test('P10: who refuses a page that waits, and agrees there later, does not come back by what posthog-js has left', async ({
  visit,
  site,
  received,
  context,
}) => {
  const left = await formerVisit(await context.newPage(), site.url, {}, [['identify', 'user-1']])
  const page = await visit({ ...ADOPTS, consent: 'pending' })
  await page.evaluate(() => window.outlast.ready)
  await page.evaluate(() => window.outlast.optOut())
  await page.evaluate(() => {
    window.outlast.optIn()
    window.outlast.capture('anew')
  })
  const [anew] = await received(1)
  expect(anew?.distinct_id).not.toBe(left.id)
  await leave(page)
  const next = await visit(ADOPTS)
  expect(await next.evaluate(() => window.outlast.getDistinctId())).toBe(anew?.distinct_id)
})

test('P8: where posthog-js has left nobody, what bootstrap says of a person is not said of the one after an early reset', async ({
  visit,
}) => {
  const bootstrap = { distinctId: 'ada', isIdentifiedId: true, featureFlags: { beta: true } }
  const page = await visit({ ...ADOPTS, bootstrap, calls: [['reset']] }, '/calls.html')
  await page.evaluate(() => window.outlast.ready)
  expect(await page.evaluate(() => window.outlast.getDistinctId())).not.toBe('ada')
  expect(await page.evaluate(() => window.outlast.getFeatureFlag('beta'))).not.toBe(true)
})
