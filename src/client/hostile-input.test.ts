import { expect, test } from 'vitest'
import { world } from '../../test/support/client/world'
import { storeOver } from '../../test/support/core/store-over'
import { isUrl } from '../adapters/is-url'
import { readCaptureOptions } from './first/options'
import { createPerson } from './first/person'
import { createSession } from './first/session'
import { parseFlagAnswer, parseFlagSet } from './flags/flag-answer'
import { readDeliveryOptions } from './late/delivery-options'
import { WARNINGS } from './late/warnings'

const hostile = {
  flushAt: 7,
  get host(): never {
    throw new Error('hostile')
  },
}

function read(raw: unknown, apiKey = 'phc_test') {
  const warnings: string[] = []
  const logger = { warn: (message: string) => warnings.push(message) }
  const styleOf = (host: string) => (new URL(host).origin === 'https://shop.example.com' ? 'headers' : 'simple')
  const config = readCaptureOptions(apiKey, raw, { logger, now: () => 0, isUrl })
  config.logs.setWords(WARNINGS)
  const { queue } = readDeliveryOptions(raw, config, styleOf)
  return { config: { ...config, queue }, warnings }
}

test('P11: an option that cannot be read is refused with a reason, and the others are taken', () => {
  const { config, warnings } = read(hostile)
  expect(config.queue).toMatchObject({ host: 'https://us.i.posthog.com', settings: { flushAt: 7 } })
  expect(warnings).toEqual(['[outlast] init: "host" cannot be read; going on without it'])
})

test("P11: a person's own key, which is a secret, is told", () => {
  expect(read({}, 'phx_secret').warnings).toEqual([expect.stringContaining('revoke the key')])
  expect(read({}).warnings).toEqual([])
})

test.each(['https://shop.example.com:99999', 'https://[::1', 'https://%zz'])(
  'P11: host %s, which no request can be made to, is refused with a reason',
  (host) => {
    const config = readCaptureOptions('phc_test', { host }, { logger: console, now: () => 0, isUrl })
    expect(config).toMatchObject({ apiKey: '', halted: 'host' })
  },
)

test('P10: hooks that cannot be read let nothing pass', () => {
  const beforeSend = Object.defineProperty([1], 0, {
    enumerable: true,
    get() {
      throw new Error('hostile')
    },
  })
  const [hook] = read({ beforeSend }).config.hooks
  expect(hook?.({} as never)).toBeNull()
})

const storing = (text: string) => ({ get: () => text, set: () => undefined, remove: () => undefined, keys: () => [] })

test.each([
  JSON.stringify({ anonymousId: 'x'.repeat(1_000_000), distinctId: 'known' }),
  JSON.stringify({ anonymousId: 5, distinctId: 'known' }),
  '{"cut',
])('P11: a stored person that is damaged, or too large for any event, is a new one (%#)', (text) => {
  expect(createPerson(storing(text), () => 'new', {}).state.distinctId).toBe('new')
})

test("P11: of a stored person's groups, what is no group is left out", () => {
  const stored = [
    ['person', JSON.stringify({ anonymousId: 'a', distinctId: 'a', groups: { no: 'x' }, superProperties: ['list'] })],
    ...Object.entries({ company: 'x', wrong: 5, worse: { a: 1 } }).map(([name, key]) => [
      `person:a:$${name}`,
      JSON.stringify(key),
    ]),
    ['person:a:$damaged', '{'],
  ] as [string, string][]
  const { state: person } = createPerson(storeOver(new Map(stored)), () => 'new', {})
  expect(person.groups).toEqual({ company: 'x' })
  expect(person.superProperties).toEqual({})
})

test.each(['', 'x'.repeat(300)])('P11: a stored session without a proper id is a new one (%#)', (id) => {
  const session = createSession(storing(JSON.stringify({ id, startedAt: 0, lastAt: 0 })), () => 'new')
  expect(session.id('somebody', 0, true)).toBe('new')
})

test('P11: flags are found by their own names alone', () => {
  const body = '{"flags":{"__proto__":{"enabled":true},"beta":{"enabled":true}}}'
  const flags = parseFlagAnswer(body)?.flags ?? {}
  expect(Object.keys(flags).sort()).toEqual(['__proto__', 'beta'])
  expect(flags.value).toBeUndefined()
  expect(flags.constructor).toBeUndefined()
  expect(parseFlagSet('{"flags":{}}')?.flags.toString).toBeUndefined()
})

test('P1: an event of a batch that cannot be read costs itself alone', async () => {
  const { client, drops, endpoint, clock } = world()
  const events = [{ event: 'first' }, { event: 'unreadable' }, { event: 'last' }]
  Object.defineProperty(events, 1, {
    get() {
      throw new Error('hostile')
    },
  })
  client.captureBatch(events)
  await clock.advance(60_000)
  expect(endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))).toEqual(['first', 'last'])
  expect(drops).toMatchObject([{ reason: 'invalid', count: 1 }])
})

test('P11: super properties that would make every event too large are refused with a reason', () => {
  const { client, warnings, last } = world()
  client.register({ plan: 'free' })
  client.register({ huge: 'x'.repeat(600_000) })
  client.capture('signup')
  expect(last()).toMatchObject({ plan: 'free' })
  expect(last()).not.toHaveProperty('huge')
  expect(warnings).toEqual([expect.stringContaining('nothing was registered')])
})

test('P7: a warning quotes no more of what a caller gave than one can read', () => {
  const { client, warnings } = world()
  client.capture('x'.repeat(100_000), 5 as never)
  expect(warnings[0]?.length).toBeLessThan(300)
})

const unreadable = (name: string) =>
  Object.defineProperty({}, name, {
    get() {
      throw new Error('hostile')
    },
  })

test('P10: a refusal whose options cannot be read is a refusal', () => {
  const { client } = world()
  client.optOut(unreadable('clear'))
  expect(client.isOptOut()).toBe(true)
})

test('P11: whether a flag is on is answered although the default cannot be read', async () => {
  const { client } = world()
  expect(await client.isFeatureEnabled('missing', unreadable('defaultValue'))).toBeUndefined()
})
