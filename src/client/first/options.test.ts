import { expect, test } from 'vitest'
import { clientWorld } from '../../../test/support/core/client-world'
import { isUrl } from '../../adapters/is-url'
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
    const { missing } = readCaptureOptions('phc_test', { host }, { logger: console, now: Date.now, isUrl })
    expect(missing).toContain('host')
    expect(missing).not.toContain('secret')
  },
)
