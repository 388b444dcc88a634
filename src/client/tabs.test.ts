/**
 * Tabs of one origin and project: what one of them changes about the person is so for all of them at their next call.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flagsAnswer, on } from '../../test/support/client/flags-endpoint'
import { type World, world } from '../../test/support/client/world'
import { SESSION_IDLE_MS } from './first/session'

/** Each restart is a further tab here: the ones before live on. */
function openTabs(count: number): World[] {
  const tabs = [world()]
  while (tabs.length < count) tabs.push((tabs[0] as World).restart())
  return tabs
}

function pair(): [World, World] {
  return openTabs(2) as [World, World]
}

/** The person whom an event names. */
function captured(tab: World) {
  tab.client.capture('event')
  const event = tab.enqueued.at(-1)
  const { $session_id: session, $groups: groups = {}, ...properties } = event?.properties ?? {}
  const superProperties = Object.fromEntries(Object.entries(properties).filter(([name]) => NAMES.includes(name)))
  return { distinctId: event?.distinct_id, session, groups, superProperties }
}

/** The window that an event names. */
function windowOf(tab: World) {
  captured(tab)
  return tab.enqueued.at(-1)?.properties.$window_id
}

const NAMES = ['plan', 'seat', '__proto__x', 'a:b']

type Step =
  | { do: 'reset' | 'capture' | 'open' | 'emptied' }
  | { do: 'identify'; id: string }
  | { do: 'register'; name: string; value: unknown }
  | { do: 'unregister'; name: string }
  | { do: 'group'; type: string; key: string }

const name = fc.constantFrom(...NAMES)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('reset', 'capture', 'open', 'emptied') }),
  fc.record({ do: fc.constant('identify'), id: fc.constantFrom('ada', 'grace', 'edsger') }),
  fc.record({ do: fc.constant('register'), name, value: fc.constantFrom('x', 0, null, { deep: ['y'] }) }),
  fc.record({ do: fc.constant('unregister'), name }),
  fc.record({
    do: fc.constant('group'),
    type: fc.constantFrom('company', 'team'),
    key: fc.constantFrom('acme', 'zap'),
  }),
) as fc.Arbitrary<Step>

test('P8: whatever three tabs do in turn, every event is of the person whom the last change made', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), step, fc.nat(2)), { maxLength: 40 }), (steps) => {
      const tabs = openTabs(3)
      const at = (index: number) => tabs[index] as World
      const past = new Set<unknown>()
      let model = newPerson(at(0).client.getAnonymousId())
      for (const [tab, step, witness] of steps) {
        const { client, kept } = at(tab)
        if (step.do === 'reset') {
          past.add(model.anonymousId).add(captured(at(witness)).session)
          client.reset()
          model = newPerson(client.getAnonymousId())
          expect(past).not.toContain(model.anonymousId)
        } else if (step.do === 'open') {
          tabs[tab] = at(tab).restart()
        } else if (step.do === 'emptied') {
          // The site empties its storage, and this tab is the first that captures again.
          captured(at(tab))
          kept.clear()
          captured(at(tab))
        } else if (step.do === 'identify') {
          client.identify(step.id)
          model.distinctId = step.id
        } else if (step.do === 'register') {
          client.register({ [step.name]: step.value })
          model.superProperties = { ...model.superProperties, [step.name]: step.value }
        } else if (step.do === 'unregister') {
          client.unregister(step.name)
          const { [step.name]: _, ...left } = model.superProperties
          model.superProperties = left
        } else if (step.do === 'group') {
          client.group(step.type, step.key)
          model.groups = { ...model.groups, [step.type]: step.key }
        }
        const seen = captured(at(witness))
        const { anonymousId, ...whose } = model
        expect(seen).toEqual({ ...whose, session: at(tab).client.getSessionId() })
        expect(past).not.toContain(seen.session)
        expect(at(witness).client.getAnonymousId()).toBe(anonymousId)
        expect(at(witness).client.getDistinctId()).toBe(model.distinctId)
      }
      // Nothing is left of the person before.
      const keys = [...at(0).kept.keys()].filter((key) => key.startsWith('person:'))
      expect(keys.filter((key) => !key.startsWith(`person:${model.anonymousId}:`))).toEqual([])
    }),
    { numRuns: 300 },
  )
  // Some seconds on a machine with other work.
}, 30_000)

interface Model {
  anonymousId: string
  distinctId: string
  superProperties: Record<string, unknown>
  groups: Record<string, string>
}

const newPerson = (id: string): Model => ({ anonymousId: id, distinctId: id, superProperties: {}, groups: {} })

describe('P8, P10: what one tab changes is not undone by another that remembers what was before', () => {
  test('after a reset, a register of another tab does not bring back who logged out', () => {
    const [a, b] = pair()
    a.client.identify('ada')
    const { session } = captured(b)
    a.client.reset()
    b.client.register({ plan: 'free' })
    for (const tab of [b, a, a.restart()]) {
      const event = captured(tab)
      expect(event).toMatchObject({ distinctId: a.client.getAnonymousId(), superProperties: { plan: 'free' } })
      expect(event.session).not.toBe(session)
    }
  })

  test('after an identify, a register of another tab does not make the person anonymous again', () => {
    const [a, b] = pair()
    a.client.identify('ada')
    b.client.register({ plan: 'free' })
    for (const tab of [b, a, b.restart()]) expect(captured(tab).distinctId).toBe('ada')
  })

  test('two tabs that register keep what either did', () => {
    const [a, b] = pair()
    a.client.register({ plan: 'pro' })
    b.client.register({ seat: 7 })
    for (const tab of [a, b, a.restart()]) expect(captured(tab).superProperties).toEqual({ plan: 'pro', seat: 7 })
  })

  test('after a reset the other tab does not give the new person the old session', () => {
    const [a, b] = pair()
    const { session } = captured(b)
    a.client.reset()
    const next = captured(b).session
    expect(next).not.toBe(session)
    expect([captured(a).session, a.client.getSessionId(), captured(a.restart()).session]).toEqual([next, next, next])
  })

  test('of two who identify, the last one is the person everywhere', () => {
    const [a, b] = pair()
    a.client.identify('ada')
    b.client.identify('grace')
    for (const tab of [a, b, a.restart()]) expect(captured(tab).distinctId).toBe('grace')
  })

  test('what a tab wrote for who is gone by then belongs to nobody, and goes', () => {
    const [a, b] = pair()
    const gone = a.client.getAnonymousId()
    a.client.reset()
    // Another process may have been in the middle of this when it heard of the reset.
    a.kept.set(`person:${gone}:.plan`, '"pro"')
    a.kept.set(`person:${gone}:session`, JSON.stringify({ id: 'old', startedAt: 0, lastAt: 0 }))
    a.kept.set('stamp', 'theirs')
    expect(captured(b).superProperties).toEqual({})
    expect([...a.kept.keys()].filter((key) => key.includes(gone))).toEqual([])
  })
})

describe('P8: a session is one for all tabs', () => {
  test('a tab that was idle does not end the session that another kept alive', () => {
    const [a, b] = pair()
    const { session } = captured(a)
    for (let passed = 0; passed < 2 * SESSION_IDLE_MS; passed += 600_000) {
      a.clock.jump(600_000)
      expect(captured(b).session).toBe(session)
    }
    expect(captured(a).session).toBe(session)
  })

  test('nor does it go on with one that another ended', () => {
    const [a, b] = pair()
    captured(a)
    a.clock.jump(SESSION_IDLE_MS + 1)
    const { session } = captured(b)
    expect(captured(a).session).toBe(session)
  })

  test('it goes by the wall clock: a clock that the site gives stamps events and no more', () => {
    let now = Date.UTC(2030, 0, 1)
    const tab = world({ options: { clock: { now: () => now } } })
    const { session } = captured(tab)
    now += 2 * SESSION_IDLE_MS
    expect(captured(tab).session).toBe(session)
    tab.clock.jump(SESSION_IDLE_MS + 1)
    expect(captured(tab).session).not.toBe(session)
  })
})

describe('P8: feature flags are of the person of this moment', () => {
  test.each(['reset', 'identify'] as const)('after a %s in another tab the old ones answer nothing', async (how) => {
    const [a, b] = pair()
    a.flags.answer = () => flagsAnswer({ beta: on() })
    expect(await b.client.getFeatureFlag('beta')).toBe(true)
    a.flags.answer = () => flagsAnswer({})
    if (how === 'reset') a.client.reset()
    else a.client.identify('ada')
    expect(await b.client.getFeatureFlag('beta')).toBeUndefined()
    expect(b.flags.sent.at(-1)?.body).toMatchObject({ distinct_id: a.client.getDistinctId() })
  })

  test('a new page does not answer from what another person left', async () => {
    const a = world()
    a.flags.answer = () => flagsAnswer({ beta: on() })
    await a.client.getFeatureFlag('beta')
    a.flags.answer = () => flagsAnswer({})
    a.client.identify('ada')
    expect(await a.restart().client.getFeatureFlag('beta')).toBeUndefined()
  })
})

describe('P10: who is forgotten in one tab is so in all', () => {
  test('a tab that opts in before it heard of it is of the new person', () => {
    const [a, b] = pair()
    b.client.identify('ada')
    b.client.register({ plan: 'pro' })
    a.client.optOut({ clear: true })
    b.client.optIn()
    expect(captured(b)).toMatchObject({ superProperties: {} })
    expect(captured(b).distinctId).not.toBe('ada')
    expect(captured(a)).toEqual(captured(b))
    expect(captured(a.restart())).toEqual(captured(b))
  })

  test('of two tabs that opt in after another, the first says who it is', () => {
    const [a, b] = pair()
    a.client.optOut({ clear: true })
    b.client.getDistinctId()
    a.client.optIn()
    b.client.optIn()
    expect(captured(b)).toEqual(captured(a))
  })

  test('a tab that knows of an earlier one hears of the next one too, after a consent in another tab', () => {
    const [a, b] = pair()
    a.client.optOut({ clear: true })
    b.client.optIn()
    const { distinctId } = captured(a)
    b.client.optOut({ clear: true })
    a.client.optIn()
    expect(captured(a).distinctId).not.toBe(distinctId)
  })

  test('a clear leaves nothing on the device that another tab or an earlier page wrote', () => {
    const [a, b] = pair()
    a.client.register({ plan: 'pro' })
    a.client.group('company', 'acme')
    captured(b)
    a.restart().client.optOut({ clear: true })
    expect([...a.kept]).toEqual([
      ['opt_out', 'true'],
      ['opt_out_at', expect.any(String)],
    ])
  })
})

describe('P10: a reset while the person refuses', () => {
  test('is not forgotten by the next page', () => {
    const [a] = pair()
    a.client.identify('ada')
    a.client.optOut()
    a.client.reset()
    expect([...a.kept.values()].join()).not.toContain('ada')
    const next = a.restart()
    next.client.optIn()
    expect(captured(next).distinctId).toBe(next.client.getAnonymousId())
  })

  test.each([
    ['the tab that resets', 0],
    ['another tab', 1],
  ])('holds for all tabs, where %s has opted out before and the other one opts in after', (_, first) => {
    const tabs = pair()
    const [a, b] = tabs
    a.client.identify('ada')
    captured(b)
    tabs[first]?.client.optOut()
    a.client.reset()
    b.client.optIn()
    expect(captured(b).distinctId).toBe(b.client.getAnonymousId())
    expect(captured(a).distinctId).toBe(captured(b).distinctId)
  })

  test('takes nothing of what was captured under consent', () => {
    const [a, b] = pair()
    captured(b)
    a.client.optOut()
    a.client.reset()
    const before = b.enqueued.length
    b.client.getDistinctId()
    expect(b.enqueued).toHaveLength(before)
  })
})

test('P10: after a reset no tab names the window that it had with the person before', () => {
  const [a, b] = pair()
  const before = [windowOf(a), windowOf(b)]
  expect(windowOf(a)).toBe(before[0])
  a.client.reset()
  const after = [windowOf(a), windowOf(b)]
  expect(new Set([...before, ...after]).size).toBe(4)
  expect(windowOf(b)).toBe(after[1])
})
