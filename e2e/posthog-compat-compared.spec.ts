/**
 * posthog-compat against posthog-js itself: the same page over each of them, and what the site's hook saw and what calls
 * gave compared.
 */

import type { PostHogConfig, PostHogLike } from '../src/plugins/posthog-compat/types'
import { expect, test } from './fixtures'
import { type CompatPage, calls, play, type Story } from './posthog-compat-page'

/** Two pages of one visitor, each started with options of its own. What the second one did is compared. */
const returning =
  (
    [earlier, config]: [PostHogConfig, PostHogConfig],
    before: (posthog: PostHogLike) => unknown,
    after: (posthog: PostHogLike) => unknown,
  ): Story =>
  async (page) => {
    const first = await calls(earlier, before)(page)
    await page.reload()
    await page.waitForFunction(() => (window as unknown as CompatPage).isReady)
    return [first, await calls(config, after)(page)]
  }

const whoItIs = (posthog: PostHogLike) => {
  posthog.capture('there')
  return [posthog.get_distinct_id(), posthog.get_session_id(), posthog.get_property('plan') ?? null]
}

const SESSION: PostHogConfig = {
  bootstrap: {
    sessionID: `${Date.now().toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-000000000001`,
  },
}

const STORIES: Record<string, Story> = {
  'a returning visitor whom the site knows': returning(
    [{}, { bootstrap: { distinctID: 'ada', isIdentifiedID: true } }],
    (posthog) => posthog.register({ plan: 'pro' }),
    whoItIs,
  ),
  'a returning known visitor, of whom the site says so': returning(
    [{}, { bootstrap: { distinctID: 'ada', isIdentifiedID: true } }],
    (posthog) => posthog.identify('ada'),
    whoItIs,
  ),
  'a returning known visitor, where the site knows another one': returning(
    [{}, { bootstrap: { distinctID: 'bob', isIdentifiedID: true } }],
    (posthog) => posthog.identify('ada'),
    whoItIs,
  ),
  'a returning anonymous visitor whom the site has named': returning(
    [{}, { bootstrap: { distinctID: 'visitor-1' } }],
    (posthog) => posthog.register({ plan: 'pro' }),
    (posthog) => {
      posthog.capture('anonymous')
      posthog.identify('ada')
      posthog.capture('known')
      return [posthog.get_distinct_id(), posthog.get_property('plan')]
    },
  ),
  'the session of a returning visitor, as the site names it': returning([{}, SESSION], whoItIs, (posthog) => {
    posthog.capture('there')
    return posthog.get_session_id() === posthog.config.bootstrap?.sessionID
  }),
  'the session of a returning visitor, where the site names none that can be': returning(
    [{}, { bootstrap: { sessionID: '3f1c9f0e-6f0c-4c3e-9d5e-0a3a6b1f2c4d' } }],
    whoItIs,
    whoItIs,
  ),
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
