import { afterEach, expect, test, vi } from 'vitest'
import { takeSnippet } from '../snippet'
import type { PostHogLike } from '../types'
import { HOST, instance, page, TOKEN } from './rig'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const silent = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined)
const OPTIONS = { api_host: HOST, capture_pageview: false, advanced_disable_flags: true }

/** The stub of the snippet: an array of calls, with what it has besides. */
const stub = (calls: unknown[], more: object) => Object.assign([...calls], { people: [], ...more })

/** Runs the file in a page in which the snippet has left this. */
function run(left: unknown) {
  page()
  const globals = window as unknown as { posthog?: unknown }
  globals.posthog = left
  const made = instance()
  takeSnippet(made.posthog)
  return { posthog: made.posthog, names: made.names, current: () => globals.posthog as PostHogLike }
}

test('calls that were queued are made: what says who the person is before what is captured', () => {
  const called = vi.fn()
  const { names, posthog, current } = run(
    stub([['capture', 'early', { n: 1 }], ['identify', 'ada'], called, ['alias', 'other']], {
      _i: [[TOKEN, OPTIONS]],
      people: [['set', { plan: 'pro' }]],
    }),
  )
  expect(current()).toBe(posthog)
  expect(names()).toEqual(['$set', '$create_alias', '$identify', 'early'])
  expect(called).toHaveBeenCalledOnce()
  current().push(['capture', 'late'])
  expect(names().at(-1)).toBe('late')
})

test('named instances have their own calls', () => {
  const second = stub([['capture', 'of second']], {})
  const { names, posthog } = run(
    stub([['capture', 'of first']], {
      second,
      _i: [
        [TOKEN, OPTIONS, 'posthog'],
        ['other', OPTIONS, 'second'],
      ],
    }),
  )
  expect(names()).toEqual(['of first', 'of second'])
  expect(posthog).toHaveProperty('second')
})

test('calls before an init that comes after the file wait for it', () => {
  const { names, posthog } = run(stub([['capture', 'early']], { _i: [] }))
  posthog.init(TOKEN, OPTIONS)
  expect(names()).toEqual(['early'])
})

test('a library that runs already stays, and a second snippet knows it', () => {
  const warn = silent()
  const { posthog } = run(stub([], { _i: [[TOKEN, OPTIONS]] }))
  expect(posthog).toMatchObject({ __SV: 1 })
  takeSnippet(instance().posthog)
  expect(warn.mock.calls.flat().join()).toContain('runs already')
  expect((window as unknown as { posthog: unknown }).posthog).toBe(posthog)
})

test('a queued call that fails or does not exist costs itself alone', () => {
  const warn = silent()
  const throws = () => {
    throw new Error('broken')
  }
  const { names } = run(stub([['nonsense'], throws, null, 5, ['capture', 'after']], { _i: [[TOKEN, OPTIONS]] }))
  expect(names()).toEqual(['after'])
  expect(warn).toHaveBeenCalledTimes(2)
})

test('a wrapper that makes a command of each call does not call itself for ever', () => {
  const { posthog, names } = run(stub([], { _i: [[TOKEN, OPTIONS]] }))
  const original = posthog.capture
  posthog.capture = (...given) => {
    posthog.push(['capture', ...given])
    return original(...given)
  }
  posthog.push(['capture', 'once'])
  expect(names().length).toBeLessThan(4)
})
