/** The web context against posthog-js itself in each engine, on the same pages, property by property; and its masks. */

import type { Outlast } from '../../src/page/types'
import type { Page } from '../engines/engine'
import { inPage, runInPage } from '../engines/in-page'
import { pageCode } from '../engines/page-code'
import type { Site } from '../site'
import { expect, holds, test } from './fixtures'

interface Seen {
  event: string
  properties: Record<string, unknown>
  /** What is said of the person once. */
  once: Record<string, unknown> | null
}

interface Counted {
  client: Pick<Outlast, 'capture' | 'identify' | 'reset' | 'optOut'> & Partial<Pick<Outlast, 'ready'>>
  seen: Seen[]
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

const isReady = (page: Page) => holds(page, () => (window as unknown as Counted).isReady)

/** Waits until outlast has its host, too: a browser reports a page that is left while its worker is being fetched. */
const seenIn = (page: Page) =>
  inPage(page, async () => {
    const { client, seen } = window as unknown as Counted
    await client.ready
    return seen
  })

/** Runs in the page of either library. */
const inCounted = (page: Page, run: (page: Counted) => void) => runInPage<void>(page, `${pageCode(run)}(window)`)

/** What the site's pages are to count with. */
const given = (site: Site, counted: Record<string, unknown>) =>
  site.answer('/counted.js', {
    status: 200,
    headers: { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store' },
    body: `window.counted = ${JSON.stringify(counted)}`,
  })

/** Any page of another site, with a link to what its hash names. It sends its whole address along, as far as the browser lets it. */
const LINKING = {
  status: 200,
  headers: { 'Content-Type': 'text/html', 'Referrer-Policy': 'unsafe-url' },
  body: `<!doctype html><title>Elsewhere</title><a>shop</a>
    <script>document.querySelector('a').href = decodeURIComponent(location.hash.slice(1))</script>`,
}

/**
 * Comes to a page.
 *
 * @param from the address of a page on another site, which has a link to it; blank for an address that is typed in
 */
async function follow(page: Page, site: Site, from: string, to: string): Promise<void> {
  if (from) {
    const other = new URL(from)
    other.port = new URL(site.url).port
    site.answer(other.pathname, LINKING)
    other.hash = encodeURIComponent(to)
    await page.goto(other.href)
    await inPage(page, () => document.querySelector('a')?.click())
  } else {
    await page.goto(to)
  }
  await isReady(page)
}

interface Stage {
  page: Page
  /** Comes from this address by a link. */
  follow(from: string, to: string): Promise<void>
  /** The pages that come then are so much later, in ms. */
  wait(ms: number): void
}

type Story = (stage: Stage) => Promise<void>

const AD = '/web-context.html?utm_source=news&utm_medium=mail%20list&gclid=abc&other=1#part'

const SEARCH = 'http://www.google.localhost/search?q=red+shoes'

const HOUR_MS = 3_600_000

const STORIES: Record<string, Story> = {
  'from a search engine with a campaign, then on without one': async ({ page, follow }) => {
    await follow(SEARCH, AD)
    await inCounted(page, ({ client }) => client.capture('$pageview'))
    await inCounted(page, ({ client }) => client.capture('bought', { $set_once: { first_buy: 1 } }))
    await follow('', '/web-context.html?page=2')
    await inCounted(page, ({ client }) => client.capture('$pageview'))
  },
  'typed in, identified, and another person': async ({ page, follow }) => {
    await follow('', '/web-context.html?utm_campaign=spring')
    await inCounted(page, ({ client }) => {
      client.capture('$pageview')
      client.identify('ada', { plan: 'pro' }, { since: 1 })
      client.capture('known')
      client.reset()
      client.capture('another')
    })
  },
  'within a page: the path and the campaign of the moment': async ({ page, follow }) => {
    await follow('http://blog.localhost/post?x=1', '/web-context.html?utm_source=a')
    await inCounted(page, ({ client }) => {
      client.capture('$pageview')
      history.pushState({}, '', '/shop/cart?utm_source=b')
      client.capture('$pageview')
      history.pushState({}, '', '/shop/paid')
      client.capture('$pageview')
      client.capture('own', { $pathname: '/mine', $referrer: 'https://said.example/' })
    })
  },
  'the next session': async ({ page, follow, wait }) => {
    await follow('http://blog.localhost/post', '/web-context.html?utm_source=a')
    await inCounted(page, ({ client }) => client.capture('$pageview'))
    wait(HOUR_MS)
    await follow('', '/web-context.html?utm_source=c&page=3')
    await inCounted(page, ({ client }) => client.capture('$pageview'))
    await inCounted(page, ({ client }) => client.capture('more'))
  },
}

/** What the site's hook saw of a story. */
async function play(story: Story, library: Library, { page, site, host }: { page: Page; site: Site; host: string }) {
  const seen: Seen[] = []
  // A name of its own for each library, and so a storage of its own.
  const name = `${library}.localhost`
  let aheadMs = 0
  given(site, { library, host })
  let isAtHome = false
  await story({
    page,
    async follow(from, to) {
      if (isAtHome) seen.push(...(await seenIn(page)))
      isAtHome = true
      await follow(page, site, from, site.url.replace('localhost', name) + to)
    },
    wait(ms) {
      aheadMs += ms
      given(site, { library, host, aheadMs })
    },
  })
  const events = [...seen, ...(await seenIn(page))].map(contextOf)
  return JSON.parse(JSON.stringify(events).replaceAll(name, 'shop.localhost')) as Seen[]
}

for (const [what, story] of Object.entries(STORIES)) {
  test(`web context as posthog-js: ${what}`, { tag: '@quick' }, async ({ tab, site, collector }) => {
    const stage = { page: tab, site, host: collector.url }
    const reference = await play(story, 'posthog-js', stage)
    expect(reference[0]?.properties).toHaveProperty('$session_entry_url')
    expect(await play(story, 'outlast', stage)).toEqual(reference)
  })
}

const BLOG = 'http://blog.localhost/post?token=s3cr3t'

/** Everything that the page has put into its storage. */
async function stored(page: Page): Promise<string> {
  await seenIn(page)
  return inPage(page, () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
}

test('P10: a mask holds for campaigns, referrers and what is kept of an arrival', async ({
  tab,
  site,
  collector,
  received,
}) => {
  const options = { mask: 'secrets, gclid, #', beforeSend: [] }
  given(site, { library: 'outlast', host: collector.url, options })
  const url = `${site.url}/web-context.html?utm_source=news&gclid=s3cr3t&token=s3cr3t#s3cr3t`
  await follow(tab, site, BLOG, url)
  await inCounted(tab, ({ client }) => client.capture('$pageview'))
  const [event] = await received(1)
  const blog = `http://blog.localhost:${new URL(site.url).port}/post`
  expect(event?.properties).toMatchObject({
    utm_source: 'news',
    $session_entry_utm_source: 'news',
    $current_url: `${site.url}/web-context.html?utm_source=news&gclid=<masked>&token=<masked>`,
    $referrer: blog,
    $set_once: { $initial_utm_source: 'news', $initial_referrer: blog },
  })
  expect(JSON.stringify(event) + (await stored(tab))).not.toContain('s3cr3t')
})

test('P10: nothing of an arrival is kept where nothing may be, nor while the person refuses', async ({
  tab,
  site,
  collector,
}) => {
  const url = `${site.url}/web-context.html?utm_source=news`
  given(site, { library: 'outlast', host: collector.url, options: { persistence: 'memory' } })
  await follow(tab, site, BLOG, url)
  await inCounted(tab, ({ client }) => client.capture('$pageview'))
  expect(await stored(tab)).toBe('[{},{}]')

  given(site, { library: 'outlast', host: collector.url })
  await follow(tab, site, BLOG, url)
  await inCounted(tab, ({ client }) => client.capture('$pageview'))
  expect(await stored(tab)).toContain('news')
  await inCounted(tab, ({ client }) => {
    client.optOut({ clear: true })
    client.capture('$pageview')
  })
  expect(await stored(tab)).not.toMatch(/news|blog\./)
})
