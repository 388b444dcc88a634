/** What a page, of any version and of any intent, may say to the host of the queues. */

import fc, { type Arbitrary } from 'fast-check'
import { memoryDatabase } from '../../src/adapters/memory-database'
import { MAX_DELAY, MAX_PRODUCERS } from '../../src/core/base/limits'
import type { Database, Table } from '../../src/core/base/ports'
import { queueKey } from '../../src/core/config/queue-config'
import { createHost, type Host } from '../../src/core/host/host'
import { type HostMessage, MESSAGE_VERSION, type RefusalReason } from '../../src/core/host/messages'
import { createQueue } from '../../src/core/queue/queue'
import { fakeEndpoint } from '../support/core/fake-endpoint'
import { configOf, eventsFrom, handoverOf, idsFrom, uuid } from '../support/core/fixtures'
import { noLocks } from '../support/core/world'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { type WatchedClock, watchedClock } from './clock'
import { clonable, mixed } from './hostile'

const config = configOf()
const queue = queueKey(config)
const other = { ...config, apiKey: 'phc_other' }
const base = { outlast: MESSAGE_VERSION, id: 7, queue }
const handover = (seq: number, from: number) =>
  handoverOf(seq, eventsFrom(from, 3, from % 2 === 0 ? 'v0' : 'v1'), {
    producer: 'hostile',
    format: from % 2 === 0 ? 'v0' : 'v1',
    lane: from % 3 === 0 ? 'historical' : 'live',
    dropped: { invalid: 1 },
  })

const valid: Arbitrary<unknown> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 100, max: 110 }), fc.boolean())
    .map(([seq, from, configured]) => ({
      ...base,
      type: 'handover',
      handover: handover(seq, from),
      urgent: configured,
      ...(configured ? { config } : {}),
    })),
  fc.constantFrom(
    { ...base, type: 'wake', reason: 'online', config },
    { ...base, queue: queueKey(other), type: 'wake', reason: 'due', config: other },
    { ...base, queue: 'phc_unknown https://events.example.com', type: 'stats' },
    { ...base, queue: 'phc_unknown https://events.example.com', type: 'handover', handover: handover(1, 200) },
    { ...base, type: 'flush' },
    { ...base, type: 'flush', timeoutMs: 5 },
    { ...base, type: 'stats' },
    { ...base, type: 'erase' },
    { ...base, type: 'shutdown', timeoutMs: 10 },
    { ...base, outlast: MESSAGE_VERSION + 1, type: 'stats' },
  ),
)

const REASONS: RefusalReason[] = ['version', 'malformed', 'unknown_queue', 'out_of_order', 'storage_full', 'storage']

/** Those that say that nothing was changed. */
const UNTOUCHED = new Set<string>(['version', 'malformed', 'unknown_queue', 'out_of_order'])

const TABLES: Table[] = ['queues', 'producers', 'chunks', 'batches', 'bodies', 'schedule', 'aside']

/** The longest answer that a page may get, in characters: it quotes little of what it refuses. */
const MAX_REFUSAL = 5_000

function hostWorld() {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const database = memoryDatabase()
  const host = createHost({
    clock,
    database,
    random: () => 0,
    newId: idsFrom(50_000_000),
    sender: endpoint,
    compress: async () => undefined,
    locks: noLocks,
    hooks: [],
    senderId: 'worker:1',
    report: () => undefined,
    onBlocked: () => undefined,
  })
  return { clock, endpoint, database, host }
}

const rowsOf = (database: Database) =>
  database.transact('readonly', async (tx) => {
    const rows: unknown[] = []
    for (const table of TABLES) rows.push(await tx.list(table, []))
    return rows
  })

/** As a worker does: answers, then works. Resolves once the answer is there, or cannot come any more. */
async function say({ host, clock }: { host: Host; clock: WatchedClock }, raw: unknown) {
  const replies: HostMessage[] = []
  let settled = false
  const received = host.receive(raw, (message) => replies.push(message))
  const worked = received.then((left) => {
    settled = true
    return left && host.work({ holdMs: 25_000, budgetMs: 240_000 }, left.cause, [left.queue])
  })
  await clock.advance(0)
  for (let day = 0; day < 2 && !settled; day++) await clock.advance(MAX_DELAY)
  hold(settled, 'a message is answered')
  return { replies, worked }
}

async function check(messages: readonly unknown[]): Promise<Outcome> {
  const world = hostWorld()
  const { clock, endpoint, database, host } = world
  let outcome: Outcome = 'accepted'
  const before = handoverOf(1, eventsFrom(1, 2), { producer: 'before' })
  await say(world, { ...base, type: 'handover', handover: before, config, urgent: false })
  for (const message of messages) {
    const raw = cloned(message)
    if (raw === UNCLONABLE) {
      outcome = 'refused'
      continue
    }
    const rows = await rowsOf(database)
    const { replies } = await say(world, raw)
    const ours = typeof (raw as { outlast?: unknown } | null)?.outlast === 'number'
    hold(replies.length === (ours ? 1 : 0), 'one answer to each message of ours, none to others', replies)
    const [reply] = replies
    if (reply?.type !== 'refused') {
      if (!ours) outcome = 'refused'
      continue
    }
    outcome = 'refused'
    hold(REASONS.includes(reply.reason) && reply.detail.length > 0, 'a refusal has a reason', reply)
    hold(reply.reason !== 'storage', 'what is wrong with a message is not taken for a failing disk', reply)
    hold(JSON.stringify(reply).length < MAX_REFUSAL, 'a refusal is short')
    if (UNTOUCHED.has(reply.reason)) {
      hold(JSON.stringify(await rowsOf(database)) === JSON.stringify(rows), 'a refused message changes nothing', reply)
    }
  }
  await holdGoesOn()
  holdNothingElseBroke()
  return outcome

  /** A page that behaves finds the host as if nothing had been. */
  async function holdGoesOn(): Promise<void> {
    for (const [settings, from] of [
      [config, 1_000],
      [{ ...other, apiKey: 'phc_third' }, 2_000],
    ] as const) {
      const events = eventsFrom(from, 3)
      const after = handoverOf(1, events, { producer: 'after' })
      const { replies } = await say(world, {
        ...base,
        queue: queueKey(settings),
        type: 'handover',
        handover: after,
        config: settings,
        urgent: true,
      })
      hold(replies[0]?.type === 'committed' && replies[0].refused.length === 0, 'a good handover is taken', replies)
      await clock.advance(60_000)
      for (let n = from; n < from + 3; n++) hold(endpoint.taken.get(uuid(n)) === 1, 'it is delivered once', uuid(n))
    }
    hold(endpoint.violations.length === 0, 'no request breaks the protocol', endpoint.violations)
    const stats = await createQueue(database, queue).stats()
    hold(Number.isSafeInteger(stats.accepted) && stats.pending >= 0, 'the counters count', stats)
    clock.holdCalm()
    const producers = await database.transact('readonly', (tx) => tx.list('producers', []))
    hold(producers.length <= 5 * MAX_PRODUCERS, 'producers are bounded', producers.length)
    await host.close()
  }
}

const UNCLONABLE = Symbol('unclonable')

/** What arrives of a message. */
export function cloned(message: unknown): unknown {
  try {
    return structuredClone(message)
  } catch {
    // The browser refuses to post it.
    return UNCLONABLE
  }
}

export const messages: Boundary<unknown[]> = {
  name: 'messages',
  share: 21,
  cases: fc.array(mixed(valid, clonable), { minLength: 1, maxLength: 4 }),
  check,
}
