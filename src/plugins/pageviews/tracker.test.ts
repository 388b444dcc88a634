import { expect, test } from 'vitest'
import { idsFrom } from '../../../test/support/core/fixtures'
import type { AddressPart } from './place'
import { measured, type Scroller } from './scrolled'
import { createTracker } from './tracker'

const START = Date.parse('2026-01-31T12:00:00Z')

interface Captured {
  event: string
  properties: Record<string, unknown>
  options: { uuid?: string; timestamp?: Date } | undefined
}

/** A page at `/`, which is visible, and a client that always captures. */
function rig({ navigation = ['pathname'] as AddressPart[], pageLeave = true } = {}) {
  const captured: Captured[] = []
  const page = {
    url: new URL('https://site.example/'),
    now: START,
    title: 'Home',
    isVisible: true,
    session: 'first',
    refused: false,
    scroller: undefined as Scroller | undefined,
  }
  const later: (() => void)[] = []
  const tracker = createTracker({
    client: {
      capture: (event, properties, options) =>
        void captured.push({
          event,
          properties: properties as Captured['properties'],
          options: options as Captured['options'],
        }),
      isOptOut: () => page.refused,
      getSessionId: () => page.session,
    },
    options: { navigation, pageLeave },
    now: () => page.now,
    newId: idsFrom(1),
    address: () => new URL(page.url),
    title: () => page.title,
    isVisible: () => page.isVisible,
    scroll: () => ({
      scrolled: () => page.scroller && measured(page.scroller),
      anew: () => {
        page.scroller = undefined
      },
    }),
    later: (then) => void later.push(then),
  })
  return {
    captured,
    page,
    tracker,
    names: () => captured.map(({ event }) => event),
    last: () => captured.at(-1) as Captured,
    /** Goes to another address within the page. */
    go(to: string, type: 'pushState' | 'replaceState' | 'popstate' = 'pushState') {
      page.url = new URL(to, page.url)
      tracker.navigated(type)
    },
    /** Loses timers, as a page does that replaces its timers and never runs them. */
    lose() {
      later.length = 0
    },
    /** Routers have shown the page that they have gone to. */
    settle() {
      for (const then of later.splice(0)) then()
    },
  }
}

test('a page has one page view, however often it is seen, and its leaving is told once', () => {
  const { tracker, captured, names, page } = rig()
  tracker.look()
  tracker.look()
  page.now += 1_500
  tracker.leave()
  tracker.leave()
  expect(names()).toEqual(['$pageview', '$pageleave'])
  const [view, leave] = captured
  expect(view?.properties).toEqual({ title: 'Home', $pageview_id: view?.options?.uuid })
  expect(leave?.properties).toEqual({
    $pageview_id: view?.options?.uuid,
    $prev_pageview_id: view?.options?.uuid,
    $prev_pageview_pathname: '/',
    $prev_pageview_duration: 1.5,
  })
})

test('a page that nobody has seen has no page view and is not left, wherever it goes', () => {
  const { tracker, names, page, go, settle } = rig()
  page.isVisible = false
  tracker.look()
  go('/a')
  settle()
  tracker.leave()
  expect(names()).toEqual([])
  page.isVisible = true
  tracker.look()
  expect(names()).toEqual(['$pageview'])
})

test('navigation is a page view with its time, the title of the new page, and the end of the one before', () => {
  const { tracker, captured, last, page, go, settle } = rig()
  tracker.look()
  page.now += 2_000
  page.scroller = { scrollTop: 300, clientHeight: 500, scrollHeight: 1_100 }
  go('/a')
  // Routers scroll to the top and set the title after they have changed the address.
  page.scroller = { scrollTop: 0, clientHeight: 500, scrollHeight: 900 }
  page.now += 50
  page.title = 'A'
  settle()
  const id = captured[0]?.options?.uuid
  expect(last()).toEqual({
    event: '$pageview',
    options: { uuid: tracker.id(), timestamp: new Date(START + 2_000) },
    properties: {
      title: 'A',
      navigation_type: 'pushState',
      $pageview_id: tracker.id(),
      $prev_pageview_id: id,
      $prev_pageview_pathname: '/',
      $prev_pageview_duration: 2,
      $prev_pageview_last_scroll: 300,
      $prev_pageview_last_scroll_percentage: 0.5,
      $prev_pageview_max_scroll: 300,
      $prev_pageview_max_scroll_percentage: 0.5,
      $prev_pageview_last_content: 800,
      $prev_pageview_last_content_percentage: 800 / 1_100,
      $prev_pageview_max_content: 800,
      $prev_pageview_max_content_percentage: 800 / 1_100,
    },
  })
})

for (const [what, navigation, to, counts] of [
  ['a path', ['pathname'], '/a', true],
  ['the same path, as routers replace their state while a page is scrolled', ['pathname'], '/', false],
  ['a query', ['pathname'], '/?page=2', false],
  ['a query that counts', ['pathname', 'search'], '/?page=2', true],
  ['a link to a part of the page', ['pathname'], '/#part', false],
  ['a hash router', ['hash'], '/#/route', true],
  ['a path where nothing counts', [], '/a', false],
] as const) {
  test(`navigation to ${what} is ${counts ? 'a' : 'no'} page view`, () => {
    const { tracker, names, go, settle } = rig({ navigation: [...navigation] })
    tracker.look()
    for (let times = 0; times < 100; times++) go(to, 'replaceState')
    settle()
    expect(names()).toEqual(counts ? ['$pageview', '$pageview'] : ['$pageview'])
  })
}

test('a redirect is one page view, of the page where it ends, and there and back is none', () => {
  const { tracker, names, last, go, settle } = rig()
  tracker.look()
  go('/old')
  go('/new', 'replaceState')
  settle()
  expect(names()).toEqual(['$pageview', '$pageview'])
  expect(last().properties).toMatchObject({ navigation_type: 'pushState' })
  go('/dialog')
  go('/new', 'popstate')
  settle()
  expect(names()).toHaveLength(2)
})

test('a page view that still waits is captured before the page goes, and counts only once', () => {
  const { tracker, names, last, go, settle } = rig()
  tracker.look()
  go('/a')
  tracker.leave()
  settle()
  expect(names()).toEqual(['$pageview', '$pageview', '$pageleave'])
  expect(last().properties).toMatchObject({ $prev_pageview_pathname: '/a' })
})

test('what the site captures by itself takes the place of what waits, and has its properties', () => {
  const { tracker, names, last, go, settle } = rig()
  tracker.look()
  go('/a')
  tracker.capture({ step: 2, $pageview_id: 'mine' })
  settle()
  expect(names()).toEqual(['$pageview', '$pageview'])
  expect(last().properties).toMatchObject({ step: 2, navigation_type: 'pushState', $pageview_id: tracker.id() })
})

test('a page that comes back from the back/forward cache has another page view, which tells nothing of the one that was left', () => {
  const { tracker, names, last } = rig()
  tracker.look()
  tracker.leave()
  tracker.look()
  tracker.look()
  tracker.leave()
  expect(names()).toEqual(['$pageview', '$pageleave', '$pageview', '$pageleave'])
  tracker.look()
  expect(last().properties).toEqual({
    title: 'Home',
    navigation_type: 'back-forward-cache',
    $pageview_id: tracker.id(),
  })
})

test('a page whose leaving is not to be captured counts its return all the same', () => {
  const { tracker, names } = rig({ pageLeave: false })
  tracker.look()
  tracker.leave()
  tracker.look()
  expect(names()).toEqual(['$pageview', '$pageview'])
})

test('of a session that has ended nothing is told in the next one', () => {
  const { tracker, last, page, go, settle } = rig()
  tracker.look()
  page.session = 'second'
  go('/a')
  settle()
  expect(last().properties).toEqual({ title: 'Home', navigation_type: 'pushState', $pageview_id: tracker.id() })
  page.session = 'third'
  tracker.leave()
  expect(last()).toMatchObject({ event: '$pageleave', properties: {} })
})

test('P10: while a person refuses there is no page view, and later nothing is told of that time', () => {
  const { tracker, names, last, page, go, settle } = rig()
  page.refused = true
  tracker.look()
  go('/a')
  settle()
  tracker.leave()
  expect(names()).toEqual([])
  page.refused = false
  tracker.look()
  page.refused = true
  go('/secret')
  settle()
  page.refused = false
  tracker.look()
  expect(names()).toEqual(['$pageview', '$pageview'])
  expect(last().properties).toEqual({ title: 'Home', $pageview_id: tracker.id() })
})

test('a clock that was set back makes no negative duration', () => {
  const { tracker, last, page } = rig()
  tracker.look()
  page.now -= 5_000
  tracker.leave()
  expect(last().properties.$prev_pageview_duration).toBe(0)
})

test('how far a page was scrolled is measured as posthog-js does: in whole pixels, of the furthest it ever went', () => {
  const { tracker, last, page } = rig()
  tracker.look()
  const tall = { clientHeight: 500, scrollHeight: 1_000 }
  const scrolled = [0, 499.5, 100].reduce(
    (before, scrollTop) => measured({ ...tall, scrollTop }, before),
    undefined as ReturnType<typeof measured> | undefined,
  )
  expect(scrolled?.scroll).toEqual({ last_: 100, max_: 499.5, of: 500 })
  page.scroller = { ...tall, scrollTop: 499.5 }
  tracker.leave()
  expect(last().properties).toMatchObject({
    $prev_pageview_max_scroll: 500,
    $prev_pageview_max_scroll_percentage: 1,
    $prev_pageview_max_content: 1_000,
    $prev_pageview_max_content_percentage: 1,
  })
})

test('a page that is too short to be scrolled is seen whole', () => {
  const { tracker, last, page } = rig()
  tracker.look()
  page.scroller = { scrollTop: -20, clientHeight: 500, scrollHeight: 500 }
  tracker.leave()
  expect(last().properties).toMatchObject({
    $prev_pageview_last_scroll_percentage: 1,
    $prev_pageview_last_content_percentage: 0.96,
  })
})

test('P10: a refusal ends the page view, and nothing of the time of the refusal is told after it', () => {
  const { tracker, names, last, page } = rig()
  tracker.look()
  page.refused = true
  tracker.look()
  page.now += 60_000
  page.refused = false
  tracker.look()
  expect(last().properties).toEqual({ title: 'Home', $pageview_id: tracker.id() })
  page.now += 1_000
  tracker.leave()
  expect(names()).toEqual(['$pageview', '$pageview', '$pageleave'])
  expect(last().properties).toMatchObject({ $prev_pageview_duration: 1 })
})

test('a person who agrees in a way that nobody tells of has a page view at the next navigation', () => {
  const { tracker, names, page, go, settle } = rig()
  page.refused = true
  tracker.look()
  go('/unseen')
  settle()
  page.refused = false
  go('/seen')
  settle()
  go('/next')
  settle()
  expect(names()).toEqual(['$pageview', '$pageview'])
})

test('P2: a navigation whose page is hidden at once has its page view then', () => {
  const { tracker, names, page, go } = rig()
  tracker.look()
  go('/a')
  page.isVisible = false
  tracker.look()
  expect(names()).toEqual(['$pageview', '$pageview'])
})

test('a page that has lost a timer counts the next navigation all the same', () => {
  const { tracker, names, lose, go, settle } = rig()
  tracker.look()
  go('/a')
  lose()
  go('/b')
  settle()
  go('/c')
  settle()
  expect(names()).toEqual(['$pageview', '$pageview', '$pageview'])
})

test('a navigation over which the session has ended, because the device slept, is seen when it wakes', () => {
  const { tracker, last, page, go, settle } = rig()
  tracker.look()
  go('/a')
  page.now += 3_600_000
  page.session = 'second'
  settle()
  expect(last().options?.timestamp).toEqual(new Date(START + 3_600_000))
  expect(last().properties).not.toHaveProperty('$prev_pageview_id')
  page.now += 2_000
  tracker.leave()
  expect(last().properties).toMatchObject({ $prev_pageview_duration: 2 })
})

test('a property that cannot be read is left to the client, and a frozen object may have any name', () => {
  const { tracker, last } = rig()
  const given = Object.freeze({
    $pageview_id: 'mine',
    get broken() {
      throw Error('broken')
    },
  })
  tracker.capture(given)
  const { properties } = last()
  expect(properties.$pageview_id).toBe(tracker.id())
  expect(() => properties.broken).toThrow('broken')
})

test('a title without end is cut', () => {
  const { tracker, last, page } = rig()
  page.title = 'x'.repeat(1_000_000)
  tracker.look()
  expect(last().properties.title).toBe('x'.repeat(1_000))
})
