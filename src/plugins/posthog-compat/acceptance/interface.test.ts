/** The list of members is posthog-js's own `PostHog` interface: a missing one fails the type check. */

import type { PostHogInterface, PostHogConfig as TheirConfig } from 'posthog-js'
import { afterEach, expect, test, vi } from 'vitest'
import { KNOWN } from '../config'
import { isWithoutEffect } from '../option-names'
import type { PostHogConfig, PostHogLike } from '../types'
import { started } from './rig'

afterEach(() => vi.restoreAllMocks())

type Missing = Exclude<keyof PostHogInterface, keyof PostHogLike>
const nothingIsMissing: [Missing] extends [never] ? true : Missing = true

/** Members with options, of which posthog-js's type has more, and all of them present. */
type OwnTypes = 'config' | 'init' | 'set_config'

/** Code that is typed for posthog-js may be given the instance: each member takes and gives what posthog-js's does. */
type Unlike = {
  [Name in Exclude<keyof PostHogInterface, OwnTypes>]: PostHogLike[Name] extends PostHogInterface[Name] ? never : Name
}[Exclude<keyof PostHogInterface, OwnTypes>]
const nothingIsUnlike: [Unlike] extends [never] ? true : Unlike = true

/** Options that are typed for posthog-js may be given; `loaded` is given an instance of either kind. */
const optionsMayBeGiven: Partial<Omit<TheirConfig, 'loaded'>> extends PostHogConfig ? true : false = true

test('options of posthog-js whose names look protective are not taken for misspelt ones', () => {
  type Theirs = keyof TheirConfig
  const some: Theirs[] = [
    'mask_all_text',
    'persistence_name',
    'session_idle_timeout_seconds',
    'autocapture',
    'before_send',
  ]
  for (const name of some) expect([name, KNOWN.has(name) || isWithoutEffect(name)]).toEqual([name, true])
})

test("each member of posthog-js's interface is there, in its type", () => {
  expect([nothingIsMissing, nothingIsUnlike, optionsMayBeGiven]).toEqual([true, true, true])
})

test('what is left to posthog-js warns once, names itself and the remedy, and does nothing', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const { posthog, names } = started()
  const answered: unknown[] = []
  const answer = (list: unknown) => answered.push(list)
  for (let time = 0; time < 2; time++) {
    posthog.startSessionRecording()
    posthog.loadToolbar({})
    posthog.captureLog({ body: 'text' })
    posthog.logger.info('text')
    posthog.getSurveys(answer)
    posthog.renderSurvey('id', '#place')
    posthog.getEarlyAccessFeatures(answer)
    posthog.setIdentity('ada', 'hash')
    posthog.onActiveMatchingSurveysChanged(answer)()
    expect(await posthog.canRenderSurveyAsync('id')).toMatchObject({ visible: false })
    expect(posthog.canRenderSurvey('id')).toBe(null)
    expect(posthog.get_session_replay_url()).toBe('')
    expect(posthog.sessionRecordingStarted()).toBe(false)
  }
  const told = warn.mock.calls.map(String)
  expect(new Set(told).size).toBe(told.length)
  for (const name of ['startSessionRecording', 'loadToolbar', 'captureLog', 'getSurveys', 'canRenderSurvey']) {
    expect(told.filter((line) => line.includes(`posthog.${name} does nothing here`))).toHaveLength(1)
  }
  expect(told.every((line) => line.includes('keep posthog-js'))).toBe(true)
  expect(answered).toHaveLength(6)
  expect(names()).toEqual([])
})

test('traces of language models are captured', () => {
  const { posthog, w } = started()
  posthog.captureTraceFeedback(1, 'good')
  expect(w.last()).toMatchObject({ $ai_trace_id: '1', $ai_feedback_text: 'good' })
  posthog.captureTraceMetric('1', 'score', 5)
  expect(w.last()).toMatchObject({ $ai_metric_name: 'score', $ai_metric_value: '5' })
})

test('a value of an interface type is a bag of properties', () => {
  interface Cart {
    total: number
  }
  const cart: Cart = { total: 42 }
  const { posthog, names } = started()
  posthog.capture('bought', cart)
  posthog.group('company', 'acme', cart)
  posthog.setPersonProperties(cart)
  posthog.register(cart)
  expect(posthog.get_property('total')).toBe(42)
  expect(names()).toContain('bought')
})
