import { expect, test } from 'vitest'
import { fakeEndpoint } from '../../../test/support/core/fake-endpoint'
import { configOf, eventsFrom, handoverOf, idsFrom } from '../../../test/support/core/fixtures'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import { noLocks, world } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import { MAX_QUEUES } from '../base/limits'
import type { Database, Row, Table } from '../base/ports'
import { queueKey } from '../config/queue-config'
import { createHost } from '../host/host'
import { type HostMessage, MESSAGE_VERSION } from '../host/messages'
import { createQueue } from '../queue/queue'

const rowsOf = (database: Database, table: Table): Promise<Row[]> =>
  database.transact('readonly', (tx) => tx.list(table, []))

/** Two events in a batch that was answered 503 once. */
async function waitingBatches() {
  const made = world({ settings: { flushAt: 1 } })
  made.endpoint.answer = () => ({ status: 503 })
  await made.capture(2)
  await made.clock.advance(0)
  made.endpoint.answer = () => ({ status: 200 })
  return made
}

/** Changes the first row of a table. */
async function damage(database: Database, table: Table, change: (row: Row) => Row | undefined): Promise<void> {
  const [row] = await rowsOf(database, table)
  if (!row) throw new Error(`nothing is in ${table}`)
  const changed = change(row)
  await database.transact('readwrite', async (tx) => {
    tx.delete(table, row.key)
    if (changed) tx.put(table, changed.key, changed.value)
  })
}

test('P11: a batch that no schedule leads to any more is found again and delivered', async () => {
  const { database, clock, go, balance, endpoint } = await waitingBatches()
  await damage(database, 'schedule', () => undefined)
  go()
  await clock.advance(60_000)
  expect(endpoint.taken.size).toBe(2)
  expect(await balance()).toMatchObject({ delivered: 2, pending: 0, dropped: {} })
})

test('P11: a schedule that leads to no batch stops nothing', async () => {
  const { database, clock, go, balance } = await waitingBatches()
  await damage(database, 'schedule', ({ key }) => ({ key: [...key.slice(0, 3), 'foreign'], value: 0 }))
  go()
  await clock.advance(60_000)
  expect(await balance()).toMatchObject({ delivered: 2, pending: 0 })
})

test('P11: a batch that counts more events than it holds is delivered, and what it lacks is counted as corrupt', async () => {
  const { database, clock, go, balance } = await waitingBatches()
  await damage(database, 'bodies', ({ key, value }) => {
    const { events } = value as { events: string[] }
    return { key, value: { events: events.slice(0, 1) } }
  })
  go()
  await clock.advance(60_000)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0, dropped: { corrupt: 1 } })
})

test('P3: a queue whose counters are damaged is drained with no page open', async () => {
  const { database, clock, transport, endpoint, config } = await waitingBatches()
  await damage(database, 'queues', ({ key, value }) => ({ key, value: { ...(value as object), pending: -1 } }))
  await transport.pause()
  const ports = { clock, sender: endpoint, locks: noLocks, compress: async () => undefined, hooks: [] }
  const host = createHost({
    ...ports,
    database,
    random: () => 0,
    newId: idsFrom(5_000_000),
    senderId: 'worker:2',
    report: () => undefined,
    onBlocked: () => undefined,
  })
  void host.work({ holdMs: 60_000, budgetMs: 60_000 })
  await clock.advance(60_000)
  expect(endpoint.taken.size).toBe(2)
  expect(await createQueue(database, queueKey(config)).stats()).toMatchObject({ pending: 0 })
})

test('P7: queues are bounded: an empty one gives way, and where all hold events a new one is refused', async () => {
  const clock = virtualClock()
  const endpoint = fakeEndpoint(clock)
  endpoint.answer = () => ({ status: 503 })
  const database = memoryDatabase()
  const host = createHost({
    clock,
    database,
    sender: endpoint,
    locks: noLocks,
    compress: async () => undefined,
    hooks: [],
    random: () => 0,
    newId: idsFrom(5_000_000),
    senderId: 'worker:1',
    report: () => undefined,
    onBlocked: () => undefined,
  })
  const replies: HostMessage[] = []
  const say = (apiKey: string, events: string[]) => {
    const config = { ...configOf(), apiKey }
    const base = { outlast: MESSAGE_VERSION, id: 1, queue: queueKey(config), config, urgent: false }
    return host.receive({ ...base, type: 'handover', handover: handoverOf(1, events) }, (reply) => replies.push(reply))
  }
  await say('empty', [])
  for (let n = 1; n < MAX_QUEUES; n++) await say(`phc_${n}`, eventsFrom(n, 1))
  await say('late', eventsFrom(1_000, 1))
  expect(replies.every(({ type }) => type === 'committed')).toBe(true)
  const names = (await rowsOf(database, 'queues')).map(({ key }) => String(key[0]))
  expect(names).toHaveLength(MAX_QUEUES)
  expect(names.some((name) => name.startsWith('empty'))).toBe(false)
  await say('later', eventsFrom(1_001, 1))
  expect(replies.at(-1)).toMatchObject({ type: 'refused', reason: 'storage_full' })
})
