/** Page views in each engine: what is one, how it ends, and that both are posthog-js's. */

import type { Pageviews } from '../../src/pageviews'
import type { PostHogConfig } from '../../src/plugins/posthog-compat/types'
import type { Page } from '../engines/engine'
import { inPage } from '../engines/in-page'
import type { Received } from '../fixtures'
import { act, all, inOrder, pathOf, SETTLED_MS, start, told } from '../pageviews-page'
import type { CompatPage, Library } from '../posthog-compat-page'
import { expect, holds, ready, test } from './fixtures'

/** How a page learns of navigation: by the Navigation API, or where there is none by its history. */
const WAYS = {
  'the Navigation API, where there is one': async () => undefined,
  'history alone': (page: Page) =>
    inPage(page, () => void Object.defineProperty(window, 'navigation', { value: undefined })),
}

for (const [way, prepare] of Object.entries(WAYS)) {
  test.describe(`by ${way}`, () => {
    test('page views of a load and of each path and hash, with the end of the one before', async ({
      open,
      received,
    }) => {
      const page = await open()
      await prepare(page)
      await start(page, { navigation: ['pathname', 'hash'] })
      const hasApi = await inPage(page, () => Boolean((window as { navigation?: unknown }).navigation))
      await act(page, "history.pushState({}, '', '/a')")
      await act(page, "history.replaceState({ scroll: 5 }, '', '/a?page=2')")
      await act(page, "history.replaceState({}, '', '/b')")
      await act(page, "location.hash = 'part'")
      await act(page, 'history.back()')
      const events = await all(page, received)
      expect(told(events)).toEqual(['$pageview /', '$pageview /a', '$pageview /b', '$pageview /b#part', '$pageview /b'])
      const views = inOrder(events)
      expect(views.map(({ properties }) => properties.navigation_type)).toEqual([
        undefined,
        'pushState',
        'replaceState',
        hasApi ? 'pushState' : 'popstate',
        'popstate',
      ])
      for (const [index, { uuid, properties }] of views.entries()) {
        expect(properties.$pageview_id).toBe(uuid)
        expect(properties.title).toBe('A page that captures')
        expect(properties.$prev_pageview_id).toBe(views[index - 1]?.uuid)
      }
      expect(views[1]?.properties).toMatchObject({
        $prev_pageview_pathname: '/',
        $prev_pageview_max_scroll_percentage: 1,
        $prev_pageview_max_content_percentage: 1,
      })
      await inPage(page, () => (window as unknown as { own: Pageviews }).own.stop())
      await act(page, "history.pushState({}, '', '/unseen')")
      expect(await all(page, received)).toHaveLength(5)
    })

    test('a storm of replaceState with the same path is no page view, and a hash router is one by option', {
      tag: '@chromium',
    }, async ({ open, received }) => {
      const page = await open()
      await prepare(page)
      await start(page, { navigation: ['hash'] })
      await act(page, "for (let n = 0; n < 60; n++) history.replaceState({ n }, '', '/?scroll=' + n)")
      await act(page, "location.hash = '#/cart'")
      await act(page, "history.pushState({}, '', '#/pay')")
      await act(page, 'history.back()')
      expect(told(await all(page, received))).toEqual([
        '$pageview /',
        '$pageview /#/cart',
        '$pageview /#/pay',
        '$pageview /#/cart',
      ])
    })

    test('the title is that of the page which a router shows in a later task, and events after it come after it', {
      tag: '@chromium',
    }, async ({ open, received }) => {
      const page = await open()
      await prepare(page)
      await start(page)
      await act(
        page,
        `history.pushState({}, '', '/cart')
        setTimeout(() => {
          document.title = 'Cart'
          window.outlast.capture('cart shown')
        }, 5)`,
      )
      const events = await all(page, received)
      expect(told(events)).toEqual(['$pageview /', '$pageview /cart', 'cart shown /cart'])
      expect(events.find((event) => pathOf(event) === '/cart')?.properties).toBeDefined()
      expect(events.find(({ event, properties }) => event === '$pageview' && properties.title === 'Cart')).toBeDefined()
    })
  })
}

test('P5: a tab that is closed has its $pageleave, once, with how long and how far it was read', async ({
  tabs,
  open,
  received,
}) => {
  const opener = await open()
  // Scripts may close only what scripts have opened.
  const page = await tabs.opened(() => inPage(opener, () => void window.open(location.href, '_blank')))
  await ready(page)
  await inPage(page, () => {
    document.body.style.height = '3000px'
  })
  await start(page)
  await act(page, 'scrollTo(0, 700)')
  await act(page, 'scrollTo(0, 100)')
  const [view] = await received(1)
  await inPage(page, () => window.close()).catch(() => undefined) // It may have gone before it could answer.
  await tabs.closed(page)
  // What the browser has not let through while the tab closed is written down for the next page.
  const next = await open()
  await received(2)
  const events = await all(next, received)
  expect(events.map(({ event }) => event)).toEqual(['$pageview', '$pageleave'])
  const { properties } = events[1] as Received
  expect(properties).toMatchObject({
    $pageview_id: view?.uuid,
    $prev_pageview_id: view?.uuid,
    $prev_pageview_pathname: '/',
    $prev_pageview_last_scroll: 100,
    $prev_pageview_max_scroll: 700,
  })
  expect(properties.$prev_pageview_duration).toBeGreaterThanOrEqual((2 * SETTLED_MS) / 1_000)
  expect(properties.$prev_pageview_max_scroll_percentage).toBeGreaterThan(
    Number(properties.$prev_pageview_last_scroll_percentage),
  )
})

test('a page that is left by a link is left once, and has another page view when it comes back', async ({
  engineName,
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  expect(told(await all(page, received))).toEqual(['$pageview /'])
  await inPage(page, () => {
    Object.assign(window, { isTheFirst: true })
    document.querySelector('a')?.click()
  })
  await holds(page, () => location.pathname === '/away.html' && document.readyState === 'complete')
  await inPage(page, () => history.back())
  await holds(page, () => location.pathname === '/')
  await ready(page)
  const isKept = await inPage(page, () => 'isTheFirst' in window)
  // Chromium may not keep a page that captures while it is left, and Firefox did not always keep it.
  if (engineName === 'webkit') expect(isKept).toBe(true)
  if (!isKept) await start(page)
  await expect.poll(async () => told(await all(page, received))).toEqual(['$pageview /', '$pageleave /', '$pageview /'])
  const [first, leave, back] = inOrder(await received(3)) as [Received, Received, Received]
  expect(leave.properties.$prev_pageview_id).toBe(first.uuid)
  expect(back.properties.$pageview_id).toBe(back.uuid)
  expect(back.properties.navigation_type).toBe(isKept ? 'back-forward-cache' : undefined)
  expect(back.properties).not.toHaveProperty('$prev_pageview_id')
})

test('a page that comes back from the back/forward cache was left once, and has another page view', async ({
  open,
  received,
}) => {
  const page = await open()
  await start(page)
  // Whether a page is kept is up to the browser, so the page is only told so.
  await act(page, "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
  await act(page, "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
  await expect.poll(async () => told(await all(page, received))).toEqual(['$pageview /', '$pageleave /', '$pageview /'])
  const [, , back] = inOrder(await received(3)) as [Received, Received, Received]
  expect(back.properties).toMatchObject({ navigation_type: 'back-forward-cache', $pageview_id: back.uuid })
  expect(back.properties).not.toHaveProperty('$prev_pageview_id')
})

test('a page that is reloaded is left, and has another page view', async ({ open, received }) => {
  const page = await open()
  await start(page)
  await inPage(page, () => {
    Object.assign(window, { isTheFirst: true })
    setTimeout(() => location.reload())
  })
  await holds(page, () => !('isTheFirst' in window))
  await ready(page)
  await start(page)
  await expect.poll(async () => told(await all(page, received))).toEqual(['$pageview /', '$pageleave /', '$pageview /'])
})

/** What posthog-js has of a page view, and of its end. */
const COMPARED = /^\$(pageview_id|prev_pageview_\w+|current_url)$|^title$|^navigation_type$/

/** What a page does between its load and its end. */
const STORY = [
  "document.body.style.height = '3000px'",
  'scrollTo(0, 900)',
  'scrollTo(0, 200)',
  "history.pushState({}, '', '/a'); document.title = 'A'",
  "history.replaceState({}, '', '/a?x=1')",
  'scrollTo(0, 400)',
  "history.replaceState({}, '', '/b'); document.title = 'B'",
  'history.back()',
]

/** As above, where something within the page is scrolled. */
const INNER_STORY = [
  `const inner = document.createElement('div')
  inner.id = 'inner'
  inner.style.cssText = 'height: 100px; overflow: auto'
  inner.append(Object.assign(document.createElement('div'), { style: 'height: 900px' }))
  document.body.append(inner)
  history.pushState({}, '', '/inner')`,
  "document.querySelector('#inner').scrollTop = 300",
  "document.querySelector('#inner').scrollTop = 200",
  "history.pushState({}, '', '/a')",
  "history.pushState({}, '', '/b')",
]

interface Told {
  event: string
  uuid: string
  properties: Record<string, unknown>
}

/** Has outlast itself count the page views, on the page that was written for posthog-js. */
const startOutlast = (page: Page, host: string) =>
  inPage(
    page,
    async (host) => {
      const { init } = await import(String('/outlast/index.js'))
      const { pageviews } = await import(String('/outlast/pageviews.js'))
      const beforeSend = (event: object) => {
        ;(window as unknown as { seen: unknown[] }).seen.push(JSON.parse(JSON.stringify(event)))
        return event
      }
      pageviews(init('phc_test', { host, beforeSend }), { bots: true })
    },
    host,
  )

/** Has posthog-js, or outlast under its names, count them. */
const startPostHog = (page: Page, config: PostHogConfig) =>
  inPage(
    page,
    (config) => {
      const { start } = window as unknown as CompatPage
      start({ capture_pageview: 'history_change', capture_pageleave: true, ...config })
    },
    config,
  )

for (const [what, config, story, tag] of [
  ['', {}, STORY, []],
  [' without what is scrolled', { disable_scroll_properties: true }, STORY, ['@chromium']],
  [' with what is scrolled within the page', { scroll_root_selector: ['.none', '#inner'] }, INNER_STORY, ['@chromium']],
] as const) {
  test(`page views are posthog-js's${what}, property by property`, { tag: [...tag] }, async ({
    engineName,
    tab: page,
    site,
    collector,
  }) => {
    /** The events that the page has captured when it has played the story and was left. */
    async function played(library: Library | 'pageviews') {
      const parameters = { library: library === 'posthog-js' ? library : 'outlast', host: collector.url }
      // A name of its own for each library, and so a storage of its own.
      const origin = site.url.replace('localhost', `${library}.localhost`)
      await page.goto(`${origin}/posthog-compat.html?${new URLSearchParams(parameters)}`)
      await holds(page, () => (window as unknown as CompatPage).isReady)
      if (library === 'pageviews') await startOutlast(page, collector.url)
      else await startPostHog(page, config as PostHogConfig)
      // The last page view too lasts for longer than it takes to be captured.
      for (const code of ['', ...story, '']) await act(page, code)
      // The page can still tell of what it captures while it is left, because nothing has ended it.
      await inPage(page, () => void dispatchEvent(new PageTransitionEvent('pagehide')))
      await holds(page, () => (window as unknown as CompatPage).seen.length >= 5)
      const seen = await inPage(page, () => (window as unknown as { seen: Told[] }).seen)
      return seen.map(({ event, properties }) => {
        const compared = Object.entries(properties)
          .filter(([key]) => COMPARED.test(key))
          .map(([key, value]) => {
            if (/_id$/.test(key)) return [key, seen.findIndex((other) => other.uuid === value)]
            if (key === '$current_url') return [key, new URL(String(value)).pathname]
            if (key === '$prev_pageview_duration')
              return [key, typeof value === 'number' && value >= SETTLED_MS / 1_000]
            return [key, value]
          })
        return { event, ...Object.fromEntries(compared) }
      })
    }
    const reference = await played('posthog-js')
    expect(reference.map(({ event }) => event)).toEqual([
      '$pageview',
      '$pageview',
      '$pageview',
      '$pageview',
      '$pageleave',
    ])
    expect(reference[0]).toMatchObject({ $pageview_id: 0 })
    // Where nothing is found that could be scrolled, posthog-js says that all of it was seen, and outlast nothing.
    const from = story === STORY ? 0 : 2
    // Under posthog-js's names the same code counts them: what differs between engines, the run below shows.
    if (engineName === 'chromium') expect((await played('outlast')).slice(from)).toEqual(reference.slice(from))
    if (story === STORY && what === '') expect(await played('pageviews')).toEqual(reference)
  })
}
