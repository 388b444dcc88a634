import { expect, test } from 'vitest'
import { clientWorld } from '../../../test/support/core/client-world'
import { isUrl } from '../../adapters/is-url'
import { ALL_OPTIONS } from '../late/option-names'
import type { CommonOptions } from '../types'
import { readCaptureOptions } from './options'

/** What a client warned of, once its host has read the settings. */
async function warningsOf(options: Record<string, unknown>) {
  const world = clientWorld({ options: options as CommonOptions })
  await world.client.flush()
  await world.clock.advance(0)
  return world.warnings
}

test.each([
  ['captureMode', 'v2'],
  ['clock', {}],
  ['beforeSend', 'no function'],
  ['compression', 'deflate'],
  ['compression', 'zip'],
  ['flushAt', 'soon'],
  ['flushAt', Number.NaN],
  ['flushAt', {}],
  ['flushAt', () => 5],
  ['flushAt', Symbol('x')],
  ['maxEventBytes', -1],
  ['requestHeaders', { 'no header': 'x' }],
  ['requestHeaders', { 'X-A': {} }],
])('P11: the option %s: %o has one warning that names it', async (name, value) => {
  expect(await warningsOf({ [name]: value })).toEqual([expect.stringContaining(name)])
})

test.each([
  ['flushInteval', 'flushInterval'],
  ['api_host', 'host'],
])('P11: the unknown option %s has one warning, which names %s', async (name, meant) => {
  expect(await warningsOf({ [name]: 5 })).toEqual([`[outlast] "${name}" is no option of init; did you mean ${meant}?`])
})

const read = (options: unknown) =>
  readCaptureOptions('phc_test', options, { logger: console, now: Date.now, isUrl: () => true })

test.each([
  'before_send',
  'person_profiles',
  'beforesend',
  'BeforeSend',
  'befroeSend',
  'beforeSned',
  'consnt',
  'consentMode',
  'mask_personal_data_properties',
  'masks',
  'persistance',
  'presistence',
  'disable_persistence',
  'opt_out_capturing_by_default',
  'optOut',
  'sanitize_properties',
  'property_denylist',
  'respect_dnt',
  'cookieless_mode',
  'data-before-send',
])('P10: %s, which is no option and was to keep something back, leaves the client without a project', (name) => {
  expect(read({ [name]: true })).toMatchObject({ apiKey: '', halted: name })
  expect(read({ worker: { [name]: true } })).toMatchObject({ apiKey: '', halted: name })
  for (const unset of [undefined, null, false]) expect(read({ [name]: unset })).toMatchObject({ apiKey: 'phc_test' })
})

test.each(['mask', 'persistence'])(
  'P10: %s, which was meant for the worker and is none of its options, does so too',
  (name) => {
    expect(read({ worker: { [name]: 'memory' } })).toMatchObject({ apiKey: '', halted: name })
    expect(read({ [name]: 'memory', worker: { beforeSend: true } })).toMatchObject({ apiKey: 'phc_test' })
  },
)

test.each(ALL_OPTIONS)('P10: %s is an option, and keeps nothing back by its name', (name) => {
  expect(read({ [name]: { url: '/w.js', scope: '/', type: 'module', beforeSend: true } }).halted).toBe(undefined)
})

test('P10: a host under the name of posthog-js alone sends nothing to the default host', () => {
  const own = { logger: console, now: Date.now, isUrl: (host: string) => host !== '', origin: 'https://site.example' }
  const idleOf = (options: object) => readCaptureOptions('phc_test', options, own).halted
  expect(idleOf({ api_host: 'https://eu.i.posthog.com' })).toBe('host')
  expect(idleOf({ api_host: 'https://eu.i.posthog.com', host: '/x' })).toBe(undefined)
  expect(idleOf({})).toBe(undefined)
})

test.each(['flushInteval', 'onEror', 'timeout', 'ui_host', 'loaded', 'capture_pageview', 'data-domain'])(
  '%s, which keeps nothing back, does no more than be named',
  (name) => {
    expect(read({ [name]: true })).toMatchObject({ apiKey: 'phc_test', halted: undefined })
  },
)

test('options that are usable have no warning', async () => {
  const options = { host: 'https://eu.posthog.com', flushAt: 5, maxRetries: Number.POSITIVE_INFINITY, beforeSend: [] }
  expect(await warningsOf({ ...options, requestHeaders: { 'X-A': 'b' }, captureMode: 'v1' })).toEqual([])
})

test('a warning of an option is given once, however often the host is started anew', async () => {
  const { client, clock, warnings, kill } = clientWorld({ options: { flushAt: 'soon' as never } })
  await client.flush()
  await clock.advance(0)
  kill()
  client.capture('event')
  await clock.advance(10_000)
  await client.flush()
  await clock.advance(0)
  expect(warnings).toHaveLength(1)
})

test.each(['https://me:secret@example.com', 'https:me:secret@example.com'])(
  'P10: a password in the host %s is not shown',
  (host) => {
    const { halted: idle } = readCaptureOptions('phc_test', { host }, { logger: console, now: Date.now, isUrl })
    expect(idle).toBe('host')
  },
)
