import { expect, test } from 'vitest'
import { clientWorld } from '../../../test/support/core/client-world'
import { uuid } from '../../../test/support/core/fixtures'
import type { BeforeSend, CommonOptions } from '../types'

/** What the endpoint got of one capture. */
async function sent(capture: (client: ReturnType<typeof clientWorld>['client']) => void, options: CommonOptions = {}) {
  const world = clientWorld({ options })
  capture(world.client)
  await world.client.flush()
  const events = world.endpoint.sent.flatMap(({ body }) => body.batch) as Record<string, unknown>[]
  return { ...world, events, stats: await world.client.stats() }
}

test.each([
  [
    'a toJSON that throws',
    () => ({
      toJSON: () => {
        throw new Error('no')
      },
    }),
  ],
])('P11: %s costs its property, not the event', async (_, bad) => {
  const { events, warnings } = await sent((client) => client.capture('event', { bad: bad(), good: 1 }))
  expect(events).toHaveLength(1)
  expect(events[0]?.properties).toMatchObject({ good: 1 })
  expect(events[0]?.properties).not.toHaveProperty('bad')
  expect(warnings.join()).toContain('"bad"')
})

test('P11: a getter that throws costs its property, not the event', async () => {
  const properties = Object.defineProperty({ good: 1 }, 'bad', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  const { events, warnings } = await sent((client) => client.capture('event', properties))
  expect(events[0]?.properties).toMatchObject({ good: 1 })
  expect(warnings.join()).toContain('"bad"')
})

test('P11: a toJSON among the properties does not replace them', async () => {
  const { events } = await sent((client) => client.capture('event', { toJSON: () => 'something else', good: 1 }))
  expect(events[0]?.properties).toMatchObject({ good: 1 })
})

test.each([
  ['a name that is missing', undefined],
  ['a blank name', '  '],
  ['a number', 5],
  ['an object without a prototype', Object.create(null)],
])('P11: %s is refused with a reason, and counted', async (_, name) => {
  const { events, drops, stats, warnings } = await sent((client) => client.capture(name as string))
  expect(events).toHaveLength(0)
  expect(drops).toEqual([expect.objectContaining({ reason: 'invalid', count: 1 })])
  expect(stats).toMatchObject({ accepted: 1, dropped: { invalid: 1 } })
  expect(warnings).toHaveLength(1)
})

test.each(['not a uuid', 5, {}, ''])('P11: uuid %j is replaced, with a warning', async (bad) => {
  const { events, warnings } = await sent((client) => client.capture('event', {}, { uuid: bad as string }))
  expect(events[0]?.uuid).toBe(uuid(1))
  expect(warnings).toHaveLength(1)
})

test('a uuid of the caller is kept in its canonical form', async () => {
  const { events } = await sent((client) => client.capture('event', {}, { uuid: ` ${uuid(0xabc).toUpperCase()} ` }))
  expect(events[0]?.uuid).toBe(uuid(0xabc))
})

test.each(['yesterday', 'Invalid', 17, new Date(Number.NaN), {}])(
  'P11: timestamp %j becomes the time of the capture, with a warning',
  async (bad) => {
    const { events, warnings } = await sent((client) => client.capture('event', {}, { timestamp: bad as string }))
    expect(events[0]?.timestamp).toBe('2026-01-01T00:00:00.000Z')
    expect(warnings).toHaveLength(1)
  },
)

test('P4: the timestamp is that of the capture, however late it is sent', async () => {
  const { client, clock, endpoint } = clientWorld({ options: { flushInterval: 60_000 } })
  client.capture('event')
  await clock.advance(60_000)
  expect(endpoint.sent[0]?.body.batch[0]?.timestamp).toBe('2026-01-01T00:00:00.000Z')
})

test('a capture is a snapshot: what the caller changes afterwards is not sent', async () => {
  const properties = { list: [1] }
  const { events } = await sent((client) => {
    client.capture('event', properties)
    properties.list.push(2)
  })
  expect(events[0]?.properties).toMatchObject({ list: [1] })
})

test.each([{}, [], true, '', '  ', Symbol('x')])(
  'P11: distinctId %p is refused, since it could fail its whole request',
  async (bad) => {
    const { events, drops } = await sent((client) => {
      client.capture('bad', {}, { distinctId: bad as string })
      client.capture('good', {}, { distinctId: 42 as never })
      client.capture('mine', {}, { distinctId: null as never })
    })
    expect(events.map(({ distinct_id }) => distinct_id)).toEqual(['42', 'visitor'])
    expect(drops).toEqual([expect.objectContaining({ reason: 'invalid' })])
  },
)

test.each(['a string', 5, ['a'], true])('P11: properties %j are left out, with a warning', async (bad) => {
  const { events, warnings } = await sent((client) => client.capture('event', bad as never))
  expect(events).toHaveLength(1)
  expect(warnings).toHaveLength(1)
})

test('groups are added to those of the properties; nonsense is not', async () => {
  const { events } = await sent((client) => {
    client.capture('event', { $groups: { company: 'a' } }, { groups: { team: 'b' } })
    client.capture('event', {}, { groups: 'company' as never })
  })
  expect(events.map(({ properties }) => (properties as { $groups: unknown }).$groups)).toEqual([
    { company: 'a', team: 'b' },
    {},
  ])
})

test.each([
  [
    'a hook that throws',
    () => {
      throw new Error('no')
    },
  ],
  ['a hook that returns null', () => null],
  [
    'a hook that throws an object without a prototype',
    () => {
      throw Object.create(null)
    },
  ],
  ['a hook that is no function', 'hook'],
  ['a hook that returns a promise', async (event: unknown) => event],
] as [string, BeforeSend][])('P10: %s drops the event and nothing else', async (_, beforeSend) => {
  const { events, drops, stats } = await sent((client) => client.capture('event'), { beforeSend })
  expect(events).toHaveLength(0)
  expect(drops).toEqual([expect.objectContaining({ reason: 'before_send', count: 1 })])
  expect(stats).toMatchObject({ accepted: 1, dropped: { before_send: 1 } })
})

test('P11: a hook that spoils uuid and timestamp in place cannot fail the batch', async () => {
  const { events } = await sent((client) => client.capture('event'), {
    beforeSend: (event) => Object.assign(event, { uuid: 'x', timestamp: 'y' }),
  })
  expect(events[0]).toMatchObject({ uuid: uuid(1), timestamp: '2026-01-01T00:00:00.000Z' })
})

test('a hook runs once per event, whatever the endpoint does', async () => {
  let runs = 0
  const beforeSend: BeforeSend = (event) => {
    runs += 1
    return event
  }
  const { client, clock, endpoint } = clientWorld({ options: { beforeSend, flushAt: 1 } })
  endpoint.answer = (_, count) => ({ status: count < 4 ? 503 : 200 })
  client.capture('event')
  await clock.advance(60_000)
  expect(endpoint.sent).toHaveLength(4)
  expect(runs).toBe(1)
})

test('P1: a logger and listeners that throw break nothing', async () => {
  const logger = {
    warn() {
      throw new Error('logger')
    },
    debug() {
      throw new Error('logger')
    },
  }
  const { client } = clientWorld({ options: { logger, debug: true } })
  const heard: string[] = []
  for (const name of ['queued', 'sending', 'delivered', 'drop'] as const) {
    client.on(name, () => {
      throw new Error('listener')
    })
    client.on(name, () => heard.push(name))
  }
  expect(() => client.capture('')).not.toThrow()
  expect(() => client.capture('event', {}, { uuid: 'x' })).not.toThrow()
  expect(await client.flush()).toMatchObject({ delivered: 1 })
  expect(heard).toEqual(['drop', 'queued', 'sending', 'delivered'])
})

test('the function that `on` returns ends the listening', async () => {
  const { client } = clientWorld()
  let heard = 0
  const off = client.on('delivered', () => (heard += 1))
  client.capture('one')
  await client.flush()
  off()
  client.capture('two')
  await client.flush()
  expect(heard).toBe(1)
})

const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile')
    },
    ownKeys() {
      throw new Error('hostile')
    },
  },
)

test.each([
  ['options', (client) => client.capture('event', {}, hostile)],
  ['properties', (client) => client.capture('event', hostile)],
  ['an event of a batch', (client) => client.captureBatch([hostile as never])],
  ['options of a batch', (client) => client.captureBatch([{ event: 'one' }], hostile as never)],
  ['a batch that is none', (client) => client.captureBatch('nothing' as never)],
  ['a batch of nothing', (client) => client.captureBatch([null as never, 5 as never])],
] as [string, (client: ReturnType<typeof clientWorld>['client']) => void][])(
  'P1: capture does not throw for %s that throws or is nonsense, and the next event is sent',
  async (_, capture) => {
    const { client, endpoint } = clientWorld()
    expect(() => capture(client)).not.toThrow()
    client.capture('next')
    await client.flush()
    const names = endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))
    expect(names).toContain('next')
    const stats = await client.stats()
    const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
    expect(stats.accepted).toBe(stats.delivered + dropped)
  },
)

test('P5: an event that cannot be made is counted as dropped', async () => {
  const world = clientWorld({
    ambient() {
      throw new Error('no storage')
    },
  })
  world.client.capture('event')
  expect(world.drops).toEqual([expect.objectContaining({ reason: 'invalid', count: 1 })])
  expect(await world.client.stats()).toMatchObject({ accepted: 1, dropped: { invalid: 1 } })
})

test('an event longer than maxEventBytes is refused before it takes a place', async () => {
  const { drops, stats } = await sent((client) => client.capture('event', { text: 'x'.repeat(2_000) }), {
    maxEventBytes: 1_000,
  })
  expect(drops).toEqual([expect.objectContaining({ reason: 'too_large' })])
  expect(stats).toMatchObject({ accepted: 1, pending: 0, dropped: { too_large: 1 } })
})

test('an event that was assembled elsewhere goes out as it is, with nothing added', async () => {
  const whole = {
    event: 'elsewhere',
    uuid: uuid(77),
    distinctId: 'somebody',
    timestamp: '2026-01-02T03:04:05.678Z',
    properties: { $lib: 'web', $session_id: 'theirs' },
  }
  const ambient = () => ({ distinctId: 'visitor', properties: { plan: 'pro' } })
  const world = clientWorld({ ambient })
  world.client.enqueue(whole)
  await world.client.flush()
  const [event] = world.endpoint.sent[0]?.body.batch ?? []
  expect(event).toEqual({
    event: 'elsewhere',
    uuid: uuid(77),
    distinct_id: 'somebody',
    timestamp: '2026-01-02T03:04:05.678Z',
    properties: { $lib: 'web', $session_id: 'theirs', distinct_id: 'somebody', token: 'phc_test' },
  })
})

test("P11: an event that was assembled elsewhere and is nobody's is refused, and the next one is sent", async () => {
  const { events, drops } = await sent((client) => {
    client.enqueue({ event: 'nobody' } as never)
    client.enqueue(null as never)
    client.enqueue({ event: 'somebody', distinctId: 'somebody' })
  })
  expect(events.map(({ event }) => event)).toEqual(['somebody'])
  expect(drops.map(({ reason }) => reason)).toEqual(['invalid', 'invalid'])
})
