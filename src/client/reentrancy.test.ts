/** Listeners and loggers that capture what they are told, which could go on without end. */

import { expect, test } from 'vitest'
import { clientWorld } from '../../test/support/core/client-world'

test('P1: a listener that captures whenever an event is dropped is told of the first drop, and all are counted', async () => {
  const { client, drops } = clientWorld({ options: { maxQueueSize: 0 } })
  client.on('drop', () => client.capture('dropped'))
  client.capture('one')
  expect(drops.map(({ reason }) => reason)).toEqual(['queue_full'])
  expect((await client.stats()).dropped).toEqual({ queue_full: 2 })
})

test.each(['warn', 'debug'] as const)(
  'P1: a logger that captures on each %s hears of the first alone',
  async (level) => {
    const heard: string[] = []
    const listen = (message: string) => {
      heard.push(message)
      client.capture('')
      client.capture('heard')
    }
    const logger = { warn: () => undefined, [level]: listen }
    const { client } = clientWorld({ options: { debug: true, maxQueueSize: 1, logger } })
    client.capture('')
    client.capture('one')
    expect(heard.length).toBeLessThan(5)
  },
)

test.each([
  ['not a number', () => Number.NaN],
  ['a word', () => 'yesterday'],
  ['before 1970', () => -1],
  ['beyond any date', () => 1e300],
  [
    'an error',
    () => {
      throw new Error('no')
    },
  ],
])('P1: where the clock gives %s, the platform’s time is taken', async (_, now) => {
  const { client, endpoint } = clientWorld({ options: { clock: { now: now as () => number } } })
  client.capture('one')
  await client.flush()
  const [sent] = endpoint.sent.flatMap(({ body }) => body.batch) as { timestamp: string }[]
  expect(Math.abs(Date.parse(sent?.timestamp ?? '') - Date.now())).toBeLessThan(60_000)
})
