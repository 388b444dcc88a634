/** The web context against posthog-js itself, on the same pages, property by property; and what happens around it. */

import type { Page } from 'playwright'
import type { Outlast } from '../src/page/types'
import { expect, test } from './fixtures'
import type { Site } from './site'

interface Seen {
  event: string
  properties: Record<string, unknown>
  /** What is said of the person once. */
  once: Record<string, unknown> | null
}

interface Counted {
  client: Pick<Outlast, 'capture' | 'identify' | 'reset' | 'register' | 'optOut' | 'optIn' | 'getAnonymousId'>
  seen: Seen[]
  stop(): void
  isReady: boolean
}

type Library = 'outlast' | 'posthog-js'

/**
 * Properties of posthog-js that are not of the web context: of itself, of persons and sessions, of page views. What was searched
 * for at first posthog-js forgets on the second page, because it reads it from the referrer that this one has.
 */
const OTHERS =
  /^(token|distinct_id|title|\$(set|lib|lib_version|lib_custom_api_host|insert_id|time|config_defaults|browser_type|device_id|user_id|is_identified|process_person_profile|session_id|window_id|anon_distinct_id|pageview_id|(initial|session_entry)_ph_keyword|prev_pageview_\w+|sdk_debug_\w+|sdk_dist_channel|configured_session_timeout_ms|initialization_time|lib_rate_limit_remaining_tokens|recording_status|last_posthog_reset|geoip_disable))$/

const contextOf = ({ event, properties, once }: Seen) => ({
  event,
  properties: Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !OTHERS.test(name))
      .sort(),
  ),
  // With a second person in one page posthog-js says nothing of that person's first visit until `identify`.
  once:
    once && event !== 'another'
      ? Object.fromEntries(
          Object.entries(once)
            .filter(([name]) => !/ph_keyword$/.test(name))
            .sort(),
        )
      : null,
})

const isReady = (page: Page) => page.waitForFunction(() => (window as unknown as Counted).isReady)

const seenIn = (page: Page) => page.evaluate(() => (window as unknown as Counted).seen)

/** Runs in the page of either library. */
const inPage = (page: Page, run: (page: Counted) => void) =>
  page.evaluate((text) => void new Function(`return (${text})(window)`)(), String(run))

interface Stage {
  page: Page
  site: Site
  /** Comes from this address by a link. */
  follow(from: string, to: string): Promise<void>
}

type Story = (stage: Stage) => Promise<void>

const AD = '/web-context.html?utm_source=news&utm_medium=mail%20list&gclid=abc&other=1#part'

const STORIES: Record<string, Story> = {
  'from a search engine with a campaign, then on without one': async ({ page, follow }) => {
    await follow('https://www.google.com/search?q=red+shoes', AD)
    await inPage(page, ({ client }) => client.capture('$pageview'))
    await inPage(page, ({ client }) => client.capture('bought', { $set_once: { first_buy: 1 } }))
    await follow('', '/web-context.html?page=2')
    await inPage(page, ({ client }) => client.capture('$pageview'))
  },
  'typed in, identified, and another person': async ({ page, follow }) => {
    await follow('', '/web-context.html?utm_campaign=spring')
    await inPage(page, ({ client }) => {
      client.capture('$pageview')
      client.identify('ada', { plan: 'pro' }, { since: 1 })
      client.capture('known')
      client.reset()
      client.capture('another')
    })
  },
  'within a page: the path and the campaign of the moment': async ({ page, follow }) => {
    await follow('https://blog.example/post?x=1', '/web-context.html?utm_source=a')
    await inPage(page, ({ client }) => {
      client.capture('$pageview')
      history.pushState({}, '', '/shop/cart?utm_source=b')
      client.capture('$pageview')
      history.pushState({}, '', '/shop/paid')
      client.capture('$pageview')
      client.capture('own', { $pathname: '/mine', $referrer: 'https://said.example/' })
    })
  },
  'the next session': async ({ page, follow }) => {
    await page.clock.install({ time: new Date('2026-01-31T12:00:00Z') })
    await follow('https://blog.example/post', '/web-context.html?utm_source=a')
    await inPage(page, ({ client }) => client.capture('$pageview'))
    await page.clock.setFixedTime(new Date('2026-01-31T13:00:00Z'))
    await follow('', '/web-context.html?utm_source=c&page=3')
    await inPage(page, ({ client }) => client.capture('$pageview'))
    await inPage(page, ({ client }) => client.capture('more'))
  },
}

/** What the site's hook saw of a story. */
async function play(story: Story, library: Library, { page, site, host }: { page: Page; site: Site; host: string }) {
  const seen: Seen[] = []
  await page.addInitScript((given) => Object.assign(window, { counted: given }), { library, host })
  await story({
    page,
    site,
    async follow(from, to) {
      if (page.url() !== 'about:blank') seen.push(...(await seenIn(page)))
      await page.goto(`${site.url}${to}`, from ? { referer: from } : {})
      await isReady(page)
    },
  })
  return [...seen, ...(await seenIn(page))].map(contextOf)
}

for (const [what, story] of Object.entries(STORIES)) {
  test(`web context as posthog-js: ${what}`, { tag: '@quick' }, async ({ browser, site, collector }) => {
    const told: unknown[] = []
    for (const library of ['posthog-js', 'outlast'] as const) {
      const context = await browser.newContext()
      told.push(await play(story, library, { page: await context.newPage(), site, host: collector.url }))
      await context.close()
    }
    expect(told[1]).toEqual(told[0])
  })
}

/** Opens the page with outlast, and gives what the site's hook saw in the end. */
async function count(page: Page, url: string, given: Record<string, unknown>): Promise<void> {
  await page.addInitScript((counted) => Object.assign(window, { counted }), { library: 'outlast', ...given })
  await page.goto(url, { referer: 'https://blog.example/?token=s3cr3t' })
  await isReady(page)
}

/** Everything that the page has put into its storage. */
const stored = (page: Page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))

test('P10: a mask holds for campaigns, referrers and what is kept of an arrival', async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await context.newPage()
  const url = `${site.url}/web-context.html?utm_source=news&gclid=s3cr3t&token=s3cr3t#s3cr3t`
  await count(page, url, { host: collector.url, options: { mask: 'secrets, gclid, #', beforeSend: [] } })
  await inPage(page, ({ client }) => client.capture('$pageview'))
  const [event] = await received(1)
  expect(event?.properties).toMatchObject({
    utm_source: 'news',
    $session_entry_utm_source: 'news',
    $current_url: `${site.url}/web-context.html?utm_source=news&gclid=<masked>&token=<masked>`,
    $referrer: 'https://blog.example/',
    $set_once: { $initial_utm_source: 'news', $initial_referrer: 'https://blog.example/' },
  })
  expect(JSON.stringify(event) + (await stored(page))).not.toContain('s3cr3t')
})

test('P10: nothing of an arrival is kept where nothing may be, nor while the person refuses', async ({
  context,
  site,
  collector,
}) => {
  const page = await context.newPage()
  const url = `${site.url}/web-context.html?utm_source=news`
  await count(page, url, { host: collector.url, options: { persistence: 'memory' } })
  await inPage(page, ({ client }) => client.capture('$pageview'))
  expect(await stored(page)).toBe('[{},{}]')

  const other = await context.newPage()
  await count(other, url, { host: collector.url })
  await inPage(other, ({ client }) => client.capture('$pageview'))
  expect(await stored(other)).toContain('news')
  await inPage(other, ({ client }) => {
    client.optOut({ clear: true })
    client.capture('$pageview')
  })
  expect(await stored(other)).not.toMatch(/news|blog\.example/)
})

test('the script tag: what is captured before the code is there waits for it', async ({
  context,
  site,
  collector,
  received,
}) => {
  site.answer('/static.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>static</title><script src="/stub.js"></script>
      <script src="/__outlast/outlast.js" data-key="phc_test" data-host="${collector.url}" data-flush-interval="200"
        data-pageviews data-bots data-web-context defer></script>`,
  })
  site.answer('/stub.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript' },
    body: "window.outlast = []; const given = { n: 1 }; outlast.push(['capture', 'early', given]); setTimeout(() => { given.n = 2 }, 0)",
  })
  const page = await context.newPage()
  await page.goto(`${site.url}/static.html?utm_source=news`, { referer: 'https://blog.example/' })
  const events = await received(2)
  expect(events.map(({ event }) => event).sort()).toEqual(['$pageview', 'early'])
  for (const { properties } of events) {
    expect(properties).toMatchObject({ $browser: 'Chrome', utm_source: 'news', $referrer: 'https://blog.example/' })
  }
})

test('the script tag: a page that is left before the code is there loses nothing', async ({
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
        data-pageviews data-bots data-web-context defer></script>`,
  })
  const page = await context.newPage()
  // Its code never comes.
  await page.route('**/lazy/web-context.js', () => undefined)
  await page.goto(`${site.url}/static.html`, { waitUntil: 'domcontentloaded' })
  await page.waitForFunction(() => 'push' in (window.outlast ?? {}))
  await page.goto(`${site.url}/away.html`)
  const [event] = await received(1)
  expect(event?.event).toBe('$pageview')
})
