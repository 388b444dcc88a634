/**
 * posthog-compat against posthog-js itself: the same page over each of them, and what the site's hook saw, what calls gave
 * and what arrived compared.
 */

import type { Browser, Page } from 'playwright'
import type { PostHogConfig, PostHogLike } from '../src/plugins/posthog-compat/types'
import type { PostHogEvent } from '../src/plugins/posthog-js'
import { expect, test } from './fixtures'
import type { Site } from './site'

interface CompatPage {
  posthog: PostHogLike
  /** Events as the site's hook saw them. */
  seen: PostHogEvent[]
  warned: string[]
  isReady: boolean
  start(config?: PostHogConfig, token?: string): PostHogLike
}

type Library = 'outlast' | 'posthog-js'

const urlOf = (site: Site, host: string, library: Library) =>
  `${site.url}/posthog-compat.html?library=${library}&host=${encodeURIComponent(host)}`

async function visit(page: Page, site: Site, host: string, library: Library = 'outlast'): Promise<Page> {
  await page.goto(urlOf(site, host, library))
  await page.waitForFunction(() => (window as unknown as CompatPage).isReady)
  return page
}

/** What a page did under a library: what its calls gave, and the events that its hook saw. */
interface Played {
  given: unknown
  seen: unknown[]
}

/** Properties of posthog-js's own that outlast has too. What a page sets itself counts always. */
const COMPARED = new Set([
  ...['$anon_distinct_id', '$device_id', '$is_identified', '$process_person_profile', '$session_id', '$window_id'],
  ...['$groups', '$group_type', '$group_key', '$group_set', '$set', '$set_once', '$unset'],
  ...['$pageview_id', '$prev_pageview_id', '$prev_pageview_pathname', '$current_url'],
  ...['$feature_flag', '$feature_flag_response', '$feature_flag_payload', '$feature_flag_bootstrapped_response'],
  ...['$feature_flag_bootstrapped_payload', '$used_bootstrap_value', '$feature_flag_error', '$feature_flag_version'],
  ...['$feature_flag_reason', '$active_feature_flags', '$exception_list', '$exception_level'],
  ...['$event_time_override_provided', '$ai_trace_id', '$ai_metric_name', '$ai_metric_value', '$ai_feedback_text'],
])

/** Texts that differ from run to run become numbers, in the order in which they come. */
function comparable(played: Played): Played {
  const ids = new Map<string, string>()
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
  const pick = (properties: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name, value]) => value !== undefined && (!name.startsWith('$') || COMPARED.has(name)))
        .map(([name, value]) => [name, name === '$set_once' ? ofCaller(value) : bare(name, value)] as const)
        .filter(([, value]) => !isEmpty(value))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const seen = played.seen.map((event) => {
    const { properties, $set, $set_once, $unset, event: name } = event as PostHogEvent
    return { name, properties: pick(properties), ...pick({ $set, $set_once, $unset }) }
  })
  const text = JSON.stringify({ given: played.given, seen })
  return JSON.parse(
    text.replace(uuid, (id) => {
      ids.set(id, ids.get(id) ?? `id ${ids.size + 1}`)
      return ids.get(id) as string
    }),
  )
}

/** Without the host of a page and the places of an error, which are not the same in either library. */
function bare(name: string, value: unknown): unknown {
  if (name === '$current_url') return new URL(String(value)).pathname
  if (Array.isArray(value)) return value.map((one) => bare('', one))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'stacktrace')
  return Object.fromEntries(kept.map(([key, one]) => [key, bare(key, one)]))
}

/** Without what posthog-js adds itself: where the person came from at first. */
function ofCaller(setOnce: unknown): unknown {
  const given = Object.entries(setOnce ?? {})
  return Object.fromEntries(given.filter(([name, value]) => value !== null && !name.startsWith('$')))
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/** Plays a page under a library, as a visitor of its own. */
async function play(
  browser: Browser,
  site: Site,
  host: string,
  library: Library,
  act: (page: Page) => Promise<unknown>,
): Promise<Played> {
  const context = await browser.newContext()
  try {
    const page = await visit(await context.newPage(), site, host, library)
    const given = await act(page)
    return comparable({ given, seen: await page.evaluate(() => (window as unknown as CompatPage).seen) })
  } finally {
    await context.close()
  }
}

/** What a page does with the library under test, and gives for the comparison. */
type Story = (page: Page) => Promise<unknown>

/** Calls `run` in the page with the library, started with `config`. */
const calls =
  (config: PostHogConfig, run: (posthog: PostHogLike) => unknown): Story =>
  (page) =>
    page.evaluate(
      async ([given, text]) => {
        const { start } = window as unknown as CompatPage
        const story = new Function(`return (${text})`)() as (posthog: PostHogLike) => unknown
        return story(start(given as PostHogConfig))
      },
      [config as Record<string, string>, String(run)] as const,
    )

const STORIES: Record<string, Story> = {
  'custom events and what capture gives': calls({}, (posthog) => {
    const result = posthog.capture('bought', { total: 42, $set: { a: 1 } }, { $set: { b: 2 }, $set_once: { c: 3 } })
    posthog.capture('earlier', {}, { timestamp: new Date(Date.now() - 1_000) })
    posthog.capture('removed', {}, { $unset: ['a'] })
    return [result?.event, result?.properties.total, result?.$set, typeof result?.uuid]
  }),
  'persons before and after identify and reset': calls({}, (posthog) => {
    posthog.capture('anonymous')
    posthog.identify('first', { plan: 'pro' }, { since: 1 })
    posthog.capture('known')
    posthog.identify('first', { plan: 'pro' }, { since: 1 })
    posthog.identify('first', { plan: 'free' })
    posthog.identify('second')
    posthog.capture('another')
    posthog.reset()
    posthog.capture('anonymous again')
    posthog.identify('third')
    posthog.capture('known again')
    posthog.reset(true)
    posthog.capture('on another device')
    return [posthog.get_distinct_id().length]
  }),
  'ids that name nobody': calls({}, (posthog) => {
    for (const id of ['', 'null', 'undefined', 'distinct_id']) posthog.identify(id)
    posthog.identify(42 as unknown as string)
    return posthog.get_distinct_id()
  }),
  aliases: calls({}, (posthog) => {
    posthog.alias('other', 'original')
    posthog.alias('mine')
    const same = posthog.alias(posthog.get_distinct_id())
    return [same, posthog.get_property('__alias')]
  }),
  groups: calls({}, (posthog) => {
    posthog.group('company', 'acme')
    posthog.group('company', 'acme')
    posthog.group('team', 'blue', { size: 5 })
    posthog.capture('together')
    const groups = posthog.getGroups()
    posthog.resetGroups()
    posthog.capture('alone')
    return [groups, posthog.getGroups()]
  }),
  'person properties': calls({}, (posthog) => {
    posthog.createPersonProfile()
    posthog.setPersonProperties({ plan: 'pro' }, { since: 1 })
    posthog.setPersonProperties({ plan: 'pro' }, { since: 1 })
    posthog.people.set('name', 'Ada')
    posthog.people.set_once({ first: 'page' })
    posthog.unsetPersonProperties(['plan'])
    posthog.setInternalOrTestUser()
    return null
  }),
  'registered properties': calls({}, (posthog) => {
    posthog.register({ plan: 'pro', none: 'None' })
    posthog.register_once({ plan: 'free', none: 'some', first: 1 })
    posthog.register_for_session({ from: 'ad', gone: 1 })
    posthog.unregister_for_session('gone')
    posthog.capture('with all')
    posthog.unregister('plan')
    posthog.capture('with fewer')
    const known = [posthog.get_property('plan'), posthog.get_property('none'), posthog.getSessionProperty('from')]
    posthog.reset()
    posthog.capture('with none')
    return known
  }),
  'a person that the site knows': calls({ bootstrap: { distinctID: 'ada', isIdentifiedID: true } }, (posthog) => {
    posthog.capture('as ada')
    posthog.identify('bob')
    posthog.capture('as bob')
    return posthog.get_distinct_id()
  }),
  'a person that the site has named': calls({ bootstrap: { distinctID: 'guest' } }, (posthog) => {
    posthog.capture('as guest')
    posthog.identify('ada')
    return posthog.get_distinct_id()
  }),
  'profiles always': calls({ person_profiles: 'always' }, (posthog) => posthog.capture('one') && null),
  'profiles never': calls({ person_profiles: 'never' }, (posthog) => {
    posthog.identify('ada')
    posthog.setPersonProperties({ plan: 'pro' })
    posthog.capture('one')
    return null
  }),
  'opted out by default, and in': calls(
    { opt_out_capturing_by_default: true, capture_pageview: true },
    async (posthog) => {
      const wait = () => new Promise((resolve) => setTimeout(resolve, 50))
      await wait()
      posthog.capture('unseen')
      const before = [posthog.get_explicit_consent_status(), posthog.has_opted_out_capturing(), posthog.is_capturing()]
      posthog.opt_in_capturing()
      posthog.opt_in_capturing()
      posthog.capture('seen')
      const after = [posthog.get_explicit_consent_status(), posthog.has_opted_in_capturing(), posthog.is_capturing()]
      posthog.clear_opt_in_out_capturing()
      posthog.capture('unseen again')
      return [before, after, posthog.get_explicit_consent_status(), posthog.is_capturing()]
    },
  ),
  'opted out, and in under another name': calls({}, (posthog) => {
    posthog.capture('before')
    posthog.opt_out_capturing()
    const given = posthog.capture('unseen')
    const out = [posthog.get_explicit_consent_status(), posthog.has_opted_out_capturing()]
    posthog.opt_in_capturing({ captureEventName: 'agreed', captureProperties: { banner: 2 } })
    posthog.opt_in_capturing({ captureEventName: false })
    return [given ?? null, out]
  }),
  'the first page view, after loaded and what follows init': calls(
    {
      capture_pageview: true,
    },
    async (posthog) => {
      posthog.identify('ada')
      await new Promise((resolve) => setTimeout(resolve, 50))
      posthog.opt_in_capturing()
      posthog.capture('after')
      return posthog.getPageViewId()?.length
    },
  ),
  'navigation within the page': calls({ capture_pageview: 'history_change' }, async (posthog) => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 100))
    await wait()
    history.pushState({}, '', '/a')
    await wait()
    history.replaceState({}, '', '/a?x=1')
    await wait()
    history.pushState({}, '', '/b')
    await wait()
    history.back()
    await wait()
    posthog.capture('there')
    return null
  }),
  'flags of the site, and what asking them gives': calls(
    {
      advanced_disable_flags: false,
      advanced_disable_feature_flags: true,
      bootstrap: { featureFlags: { beta: 'blue', old: false }, featureFlagPayloads: { beta: 'large' } },
    },
    (posthog) => {
      const heard: unknown[] = []
      posthog.onFeatureFlags((names, values) => heard.push(names, values))
      const asked = [
        posthog.getFeatureFlag('beta'),
        posthog.getFeatureFlag('beta'),
        posthog.getFeatureFlag('old'),
        posthog.isFeatureEnabled('beta'),
        posthog.isFeatureEnabled('beta', { send_event: false }),
        posthog.isFeatureEnabled('missing') ?? null,
        posthog.getFeatureFlagPayload('beta'),
        posthog.getFeatureFlagResult('beta'),
      ]
      return [heard, asked]
    },
  ),
  'errors that the page hands over': calls({}, (posthog) => {
    for (const error of [
      new TypeError('wrong kind'),
      new Error('outer', { cause: new RangeError('inner') }),
      new Error('outer', { cause: 'a text' }),
      new AggregateError([new Error('one'), new Error('two')], 'all'),
      'plain text',
      'Uncaught TypeError: no function',
      { key: 'foo', value: 'bar' },
      { name: 'foo', message: 'bar' },
      new DOMException('exception message', 'exception name'),
      new ErrorEvent('error', { message: 'outer', error: new SyntaxError('inner') }),
      new Event('load'),
      1,
      null,
    ]) {
      posthog.captureException(error, { extra: 2 })
    }
    return null
  }),
  'hooks that sample and edit': calls({}, (posthog) => {
    const { seen } = window as unknown as CompatPage
    let count = 0
    posthog.set_config({
      before_send: [
        (event) => (event.event === 'sampled' && ++count % 2 === 0 ? null : event),
        (event) => {
          event.properties.edited = true
          event.$set = { ...event.$set, edited: true }
          return event
        },
        (event) => {
          seen.push(JSON.parse(JSON.stringify(event)))
          return event
        },
      ],
    })
    const given = [1, 2, 3].map((n) => posthog.capture('sampled', { n })?.properties.n ?? null)
    posthog.identify('ada', { plan: 'pro' })
    posthog.set_config({
      before_send: () => {
        throw new Error('broken')
      },
    })
    const broken = posthog.capture('unseen') ?? null
    posthog.set_config({ before_send: () => null })
    return [given, broken, posthog.capture('unseen') ?? null]
  }),
  'feedback on language models': calls({}, (posthog) => {
    posthog.captureTraceFeedback(1, 'good')
    posthog.captureTraceMetric('1', 'score', 5)
    return null
  }),
  'what options keep back': calls({ property_denylist: ['secret'] }, (posthog) => {
    posthog.capture('one', { secret: 1, plain: 2 })
    return null
  }),
  'init twice': calls({}, (posthog) => {
    const again = posthog.init('phc_test', { person_profiles: 'never' })
    const other = posthog.init('phc_other')
    posthog.capture('one')
    const { warned } = window as unknown as CompatPage
    const words = warned.filter((line) => /already initialized/.test(line))
    return [again === posthog, other === posthog, posthog.config.token, words.length]
  }),
  'a named instance': calls({}, (posthog) => {
    const { start, seen } = window as unknown as CompatPage
    void start
    const second = posthog.init(
      'phc_second',
      {
        api_host: posthog.config.api_host as string,
        capture_pageview: false,
        autocapture: false,
        advanced_disable_flags: true,
        disable_external_dependency_loading: true,
        opt_out_useragent_filter: true,
        before_send: posthog.config.before_send as never,
      },
      'second',
    )
    second.register({ of: 'second' })
    second.capture('there')
    posthog.capture('here')
    const at = (posthog as unknown as { second: unknown }).second
    return [second !== posthog, at === second, posthog.get_property('of') ?? null, seen.length]
  }),
}

for (const [what, story] of Object.entries(STORIES)) {
  test(`posthog-compat does what posthog-js does: ${what}`, async ({ browser, site, collector }) => {
    const expected = await play(browser, site, collector.url, 'posthog-js', story)
    const found = await play(browser, site, collector.url, 'outlast', story)
    expect(found).toEqual(expected)
  })
}

/** Serves a page with the snippet's stub, which loads the library from `file`. */
function serveSnippet(site: Site, host: string, file: string): void {
  site.answer('/snippet.html', {
    status: 200,
    headers: { 'Content-Type': 'text/html' },
    body: `<!doctype html><title>snippet</title><script src="/stub.js"></script>`,
  })
  const options = {
    api_host: host,
    capture_pageview: false,
    autocapture: false,
    advanced_disable_flags: true,
    disable_session_recording: true,
    disable_external_dependency_loading: true,
    opt_out_useragent_filter: true,
    request_queue_config: { flush_interval_ms: 250 },
  }
  // The calls of a page whose library has not loaded yet, as the snippet's stub notes them.
  const stub = `
    const note = (target, names) => {
      for (const name of names) target[name] = (...given) => target.push([name, ...given])
      return target
    }
    const methods = ['capture', 'identify', 'alias', 'register', 'group', 'opt_out_capturing']
    const posthog = note([], methods)
    posthog.people = note([], ['set'])
    posthog._i = []
    posthog.__SV = 1
    posthog.init = (token, options, name) => {
      if (name) posthog[name] = Object.assign(note([], methods), { people: note([], ['set']) })
      posthog._i.push([token, options, name])
      const script = document.createElement('script')
      Object.assign(script, { src: ${JSON.stringify(file)}, async: true, crossOrigin: 'anonymous' })
      if (posthog._i.length === 1) document.head.append(script)
    }
    window.posthog = posthog
    window.heard = []
    const before_send = (event) => (heard.push([event.properties.token, event.event, event.properties.distinct_id]), event)
    posthog.init('phc_first', { ...${JSON.stringify(options)}, before_send })
    posthog.init('phc_second', { ...${JSON.stringify(options)}, before_send }, 'second')
    posthog.capture('early', { n: 1 })
    posthog.identify('ada')
    posthog.people.set('plan', 'pro')
    posthog.second.capture('early of second')
    posthog.push(function () { this.capture('by a function') })`
  site.answer('/stub.js', { status: 200, headers: { 'Content-Type': 'text/javascript' }, body: stub })
}

test("posthog-js's snippet works with the built file: replacing its address is all that a site does", async ({
  browser,
  site,
  collector,
  received,
}) => {
  const heard: unknown[] = []
  for (const file of ['/posthog-js/array.js', '/__outlast/posthog-compat.js']) {
    const context = await browser.newContext()
    serveSnippet(site, collector.url, file)
    const page = await context.newPage()
    await page.goto(`${site.url}/snippet.html`)
    await page.waitForFunction(() => (window as unknown as CompatPage).posthog.__loaded)
    await page.evaluate(() => (window as unknown as CompatPage).posthog.capture('late'))
    heard.push(
      await page.evaluate(() => {
        const anonymous = /^[0-9a-f-]{36}$/
        const all = (window as unknown as { heard: string[][] }).heard
        return all.map((one) => one.map((text) => (anonymous.test(text) ? 'anonymous' : text)))
      }),
    )
    if (file.includes('outlast')) {
      const ready = await page.evaluate(() => (window as unknown as CompatPage).posthog.outlast?.ready)
      expect(ready).toEqual({ host: 'worker', storage: 'indexeddb' })
      await received(12)
    } else await received(6)
    await context.close()
  }
  expect(heard[1]).toEqual(heard[0])
})

test("P3: what a page captured under posthog-js's names arrives after the tab is closed, $pageleave too", async ({
  context,
  site,
  collector,
  received,
}) => {
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(async () => {
    const { start, posthog } = window as unknown as CompatPage
    start({ capture_pageview: true })
    await posthog.outlast?.ready
    await new Promise((resolve) => setTimeout(resolve, 20))
  })
  await received(1)
  await page.evaluate(() => void (window as unknown as CompatPage).posthog.capture('last words'))
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
  // The worker delivers what it was handed, and a later page what the closed one has written down.
  const next = await visit(await context.newPage(), site, collector.url)
  await next.evaluate(() => (window as unknown as CompatPage).start())
  const names = (await received(3)).map(({ event }) => event)
  expect(names.sort()).toEqual(['$pageleave', '$pageview', 'last words'])
})

test('P10: choices outlive a page, and one that posthog-js has stored counts', async ({ context, site, collector }) => {
  const status = (page: Page) =>
    page.evaluate(() => {
      const { start } = window as unknown as CompatPage
      const posthog = start({ opt_out_capturing_by_default: true })
      return [posthog.get_explicit_consent_status(), posthog.is_capturing()]
    })
  // posthog-js itself has stored the first choice.
  const former = await visit(await context.newPage(), site, collector.url, 'posthog-js')
  await former.evaluate(() => (window as unknown as CompatPage).start().opt_out_capturing())
  await former.close()
  const first = await visit(await context.newPage(), site, collector.url)
  expect(await status(first)).toEqual(['denied', false])
  await first.evaluate(() => (window as unknown as CompatPage).posthog.opt_in_capturing())
  await first.close()
  expect(await status(await visit(await context.newPage(), site, collector.url))).toEqual(['granted', true])
})

test('P10: where the site wants it, nothing is on the device before the person has agreed', async ({
  context,
  site,
  collector,
  received,
}) => {
  const onDevice = (page: Page) =>
    page.evaluate(async () => ({
      stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].length,
      cookies: document.cookie,
      databases: (await indexedDB.databases()).length,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }))
  const nothing = { stored: 0, cookies: '', databases: 0, workers: 0 }
  const config: PostHogConfig = { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true }
  const page = await visit(await context.newPage(), site, collector.url)
  await page.evaluate(
    async (given) => {
      const posthog = (window as unknown as CompatPage).start(given)
      posthog.register({ plan: 'pro' })
      posthog.capture('unseen')
      await posthog.outlast?.ready
    },
    config as Record<string, boolean>,
  )
  expect(await onDevice(page)).toEqual(nothing)
  await page.evaluate(async () => {
    const { posthog } = window as unknown as CompatPage
    posthog.opt_in_capturing()
    posthog.capture('seen')
    await posthog.outlast?.ready
  })
  const events = await received(2)
  expect(events.map(({ event, properties }) => [event, properties.plan])).toEqual([
    ['$opt_in', 'pro'],
    ['seen', 'pro'],
  ])
  expect((await onDevice(page)).databases).toBe(1)
})

test('who posthog-js knew is the same person under outlast', async ({ context, site, collector }) => {
  const ids = (page: Page) =>
    page.evaluate(() => {
      const { start } = window as unknown as CompatPage
      const posthog = start()
      if (posthog.config.token && !posthog.outlast) posthog.identify('ada')
      const event = posthog.capture('here')
      return [event?.properties.distinct_id, event?.properties.$device_id, event?.properties.$is_identified]
    })
  const former = await ids(await visit(await context.newPage(), site, collector.url, 'posthog-js'))
  const now = await ids(await visit(await context.newPage(), site, collector.url))
  expect(now).toEqual(former)
  expect(now[0]).toBe('ada')
})

test('flags are asked for once at the start, answered on the next page at once, and counted', async ({
  context,
  site,
  collector,
}) => {
  collector.setFlags({ beta: 'blue', old: false })
  const asked = () => collector.requests().then((all) => all.filter(({ path }) => path.startsWith('/flags')).length)
  const page = await visit(await context.newPage(), site, collector.url)
  const found = await page.evaluate(async () => {
    const { start } = window as unknown as CompatPage
    const posthog = start({
      advanced_disable_flags: false,
      loaded(early) {
        early.identify('ada')
        early.group('company', 'acme', { size: 5 })
      },
    })
    await new Promise((resolve) => posthog.onFeatureFlags(resolve))
    return [posthog.getFeatureFlag('beta'), posthog.isFeatureEnabled('old')]
  })
  expect(found).toEqual(['blue', false])
  expect(await asked()).toBe(1)
  const next = await visit(await context.newPage(), site, collector.url)
  expect(await next.evaluate(() => (window as unknown as CompatPage).start().getFeatureFlag('beta'))).toBe('blue')
  const events = await page.evaluate(() => (window as unknown as CompatPage).seen.map(({ event }) => event))
  expect(events.filter((name) => name === '$feature_flag_called')).toHaveLength(2)
})

test('web vitals are captured as posthog-js has them, where the options ask for them', async ({
  context,
  site,
  collector,
}) => {
  const vitals = async (config: PostHogConfig) => {
    const page = await visit(await context.newPage(), site, collector.url)
    await page.evaluate(
      (given) => void (window as unknown as CompatPage).start(given),
      config as Record<string, string>,
    )
    const seen = () =>
      page.evaluate(() => (window as unknown as CompatPage).seen.filter(({ event }) => event === '$web_vitals'))
    return { page, seen }
  }
  const on = await vitals({ capture_performance: { web_vitals: true, web_vitals_allowed_metrics: ['FCP'] } })
  await expect.poll(async () => (await on.seen()).length).toBe(1)
  const [event] = await on.seen()
  expect(event?.properties.$web_vitals_FCP_value).toEqual(expect.any(Number))
  expect(event?.properties.$web_vitals_FCP_event).toMatchObject({ name: 'FCP', $session_id: expect.any(String) })
  const off = await vitals({ capture_performance: false })
  await off.page.waitForTimeout(500)
  expect(await off.seen()).toEqual([])
})

test('robots are not captured, as in posthog-js', async ({ browser, site, collector }) => {
  for (const library of ['posthog-js', 'outlast'] as const) {
    const played = await play(browser, site, collector.url, library, (page) =>
      page.evaluate(() => {
        const { start } = window as unknown as CompatPage
        const posthog = start({ opt_out_useragent_filter: false })
        return posthog.capture('by a robot') ?? null
      }),
    )
    expect(played).toEqual({ given: null, seen: [] })
  }
})
