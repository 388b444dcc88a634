import { describe, expect, test } from 'vitest'
import { BATCH_AGE_SPAN, LEASE_MS, MAX_SEQUENCE_GAPS } from '../../../src/core/base/limits'
import type { Database, Key, Table } from '../../../src/core/base/ports'
import { type QueueConfig, queueKey } from '../../../src/core/config/queue-config'
import type { TransportSettings } from '../../../src/core/config/settings'
import type { BeforeSend } from '../../../src/core/event/before-send'
import type { EventJson } from '../../../src/core/event/event'
import { uuidOf } from '../../../src/core/event/event-json'
import type { Verdict } from '../../../src/core/protocol/verdict'
import type { ClaimedBatch, Wanted } from '../../../src/core/queue/claim'
import { createQueue } from '../../../src/core/queue/queue'
import { NO_RULES } from '../../../src/core/queue/rules'
import { settlementOf } from '../../../src/core/queue/settlement'
import { configOf, eventJson, eventsFrom, handoverOf, idsFrom, uuid } from './fixtures'

const T = 1_767_225_600_000
const HOUR_MS = 3_600_000
const DAY = 86_400_000
const retry = (answered = true): Verdict => ({ kind: 'retry', cause: 'status 503', answered, retryAfter: null })
const OK: Verdict = { kind: 'delivered' }

/** A queue, and a sender whose verdicts a test can set. */
function rig(db: Database, settings: Partial<TransportSettings> = {}) {
  const config = configOf({ flushAt: 1, ...settings })
  const queue = createQueue(db, queueKey(config))
  const newId = idsFrom(5_000_000)
  let seq = 0
  const claimAs = (
    sender: string,
    wanted: Wanted,
    now: number,
    given: { mine?: number[]; live?: ReadonlySet<string>; hooks?: BeforeSend[]; askedAt?: number } = {},
  ) => {
    const { mine = [], live, hooks = [], askedAt = now } = given
    return queue.claim({ sender, senders: { mine: new Set(mine), live, askedAt }, newId, hooks }, wanted, now)
  }
  return {
    config,
    queue,
    key: queueKey(config),
    claimAs,
    append: (events: EventJson[], now = T, lane: 'live' | 'historical' = 'live', with_: QueueConfig = config) =>
      queue.append(with_, handoverOf(++seq, events, { lane }), now),
    claim: (now = T, wanted: Wanted = { kind: 'due' }) => claimAs('page:1', wanted, now),
    settle(claimed: ClaimedBatch | undefined, verdict: Verdict, now = T) {
      if (!claimed) throw new Error('nothing was claimed')
      const { batch, events } = claimed
      return queue.settle(
        claimed,
        settlementOf(verdict, batch, events, config.settings, now, () => 0),
        now,
        newId,
      )
    },
    /** Claims until nothing is due, and returns the batches. */
    async claimAll(now = T, hooks: BeforeSend[] = []) {
      const batches: ClaimedBatch[] = []
      for (;;) {
        const mine = batches.map(({ id }) => id)
        const { claimed } = await claimAs('page:1', { kind: 'due' }, now, { mine, hooks })
        if (!claimed) return batches
        batches.push(claimed)
      }
    },
    async balance() {
      const stats = await queue.stats()
      const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0)
      expect(stats.accepted).toBe(stats.delivered + dropped + stats.pending)
      return stats
    },
    rows: (table: Table, prefix: Key = []) => db.transact('readonly', (tx) => tx.list(table, prefix)),
    /** Takes all rows, as a browser does that makes room. */
    async wipe() {
      for (const table of ['queues', 'producers', 'chunks', 'batches', 'bodies', 'schedule'] as const)
        await db.transact('readwrite', async (tx) => tx.deleteRange(table, []))
    },
    async damage(table: Table, value: unknown = { broken: true }) {
      const rows = await db.transact('readonly', (tx) => tx.list(table, []))
      await db.transact('readwrite', async (tx) => {
        for (const { key } of rows) tx.put(table, key, value)
      })
      return rows.length
    },
  }
}

/** The tests that a queue passes over every database. `make` gives an empty database. */
export function queueContract(name: string, make: () => Database): void {
  describe(`a queue over ${name}`, () => {
    describe('takes handovers', () => {
      test('a handover is accepted as a whole, in order', async () => {
        const { append, claim, balance } = rig(make())
        const events = eventsFrom(1, 5)
        expect(await append(events)).toMatchObject({ kind: 'committed', accepted: events.map(uuidOf), pending: 5 })
        expect((await claim()).claimed?.events).toEqual(events)
        expect(await balance()).toMatchObject({ accepted: 5, pending: 5 })
      })

      test('P4: the same handover again changes nothing', async () => {
        const { queue, config, balance } = rig(make())
        const handover = handoverOf(1, eventsFrom(1, 5), { dropped: { invalid: 2 } })
        await queue.append(config, handover, T)
        expect(await queue.append(config, handover, T + 1)).toMatchObject({
          kind: 'committed',
          accepted: [],
          pending: 5,
        })
        expect(await balance()).toMatchObject({ accepted: 7, pending: 5, dropped: { invalid: 2 } })
      })

      test('handovers may come in any order, each is taken once', async () => {
        const { queue, config, balance } = rig(make())
        for (const seq of [3, 1, 3, 2, 5, 1, 4, 5]) await queue.append(config, handoverOf(seq, eventsFrom(seq, 1)), T)
        expect(await balance()).toMatchObject({ accepted: 5, pending: 5 })
      })

      test('producers do not get into each other’s way', async () => {
        const { queue, config, balance } = rig(make())
        for (const producer of ['a', 'b', 'c']) {
          await queue.append(config, handoverOf(1, eventsFrom(1, 1), { producer }), T)
        }
        expect(await balance()).toMatchObject({ accepted: 3 })
      })

      test('P4: a page that comes back after its short maxEventAge is known, and what it handed over is not taken again', async () => {
        const { queue, config, balance } = rig(make(), { maxEventAge: HOUR_MS })
        const handover = handoverOf(1, eventsFrom(1, 1), { producer: 'a' })
        await queue.append(config, handover, T)
        await queue.append(config, handoverOf(1, [], { producer: 'b' }), T + 24 * HOUR_MS)
        await queue.append(config, handover, T + 24 * HOUR_MS)
        expect(await balance()).toMatchObject({ accepted: 1 })
      })

      test('a producer that was forgotten goes on for as long as it likes', async () => {
        const { queue, config } = rig(make(), { maxQueueSize: 100_000 })
        for (let seq = 5_001; seq <= 5_000 + MAX_SEQUENCE_GAPS + 5; seq++) {
          const appended = await queue.append(config, handoverOf(seq, []), T)
          if (appended.kind !== 'committed') throw new Error(`${appended.kind} at ${seq}`)
        }
      }, 30_000)

      test('a handover without a config is taken by a known queue alone', async () => {
        const { queue, append } = rig(make())
        expect(await queue.append(undefined, handoverOf(1, eventsFrom(1, 1)), T)).toEqual({ kind: 'unknown_queue' })
        await append(eventsFrom(1, 1))
        const more = handoverOf(1, eventsFrom(2, 1), { producer: 'b' })
        expect(await queue.append(undefined, more, T)).toMatchObject({ kind: 'committed' })
      })

      test('what the page dropped itself is counted', async () => {
        const { queue, config, balance } = rig(make())
        await queue.append(config, handoverOf(1, [], { dropped: { before_send: 3 } }), T)
        expect(await balance()).toEqual({ accepted: 3, delivered: 0, pending: 0, dropped: { before_send: 3 } })
      })
    })

    describe('is bounded (P7)', () => {
      test('exactly maxQueueSize events are taken, the head of a handover first', async () => {
        const { append, balance } = rig(make(), { maxQueueSize: 4 })
        await append(eventsFrom(1, 3))
        const appended = await append(eventsFrom(4, 3))
        expect(appended).toMatchObject({
          accepted: [uuid(4)],
          refused: [{ reason: 'queue_full', uuids: [uuid(5), uuid(6)] }],
        })
        expect(await balance()).toMatchObject({ accepted: 6, pending: 4, dropped: { queue_full: 2 } })
      })

      test('maxQueueSize 0 takes nothing', async () => {
        const { append, balance } = rig(make(), { maxQueueSize: 0 })
        await append(eventsFrom(1, 3))
        expect(await balance()).toMatchObject({ pending: 0, dropped: { queue_full: 3 } })
      })

      test('maxQueueBytes bounds too', async () => {
        const [json = ''] = eventsFrom(1, 1)
        const { append, balance } = rig(make(), { maxQueueBytes: json.length * 2 })
        await append(eventsFrom(1, 3))
        expect(await balance()).toMatchObject({ pending: 2, dropped: { queue_full: 1 } })
      })

      test('waiting retries count, events in a request do not (docs/protocol.md §4.4)', async () => {
        const { append, claim, settle, balance } = rig(make(), { maxQueueSize: 3 })
        await append(eventsFrom(1, 3))
        const { claimed } = await claim()
        expect(await append(eventsFrom(4, 3))).toMatchObject({ refused: [] })
        await settle(claimed, retry())
        expect(await append(eventsFrom(7, 1))).toMatchObject({ accepted: [], firstRefusal: true })
        expect(await balance()).toMatchObject({ accepted: 7, pending: 6, dropped: { queue_full: 1 } })
      })

      test('the first refusal of an episode is marked, and again only after the queue was empty', async () => {
        const { append, claim, settle } = rig(make(), { maxQueueSize: 2, maxBatchSize: 1 })
        const first = async (from: number, count: number) =>
          ((await append(eventsFrom(from, count))) as { firstRefusal: boolean }).firstRefusal
        expect(await first(1, 3)).toBe(true)
        expect(await first(4, 1)).toBe(false)
        await settle((await claim()).claimed, OK)
        expect(await first(5, 2)).toBe(false)
        for (let n = 0; n < 2; n++) await settle((await claim()).claimed, OK)
        expect(await first(7, 1)).toBe(false)
        expect(await first(8, 3)).toBe(true)
      })

      test('an event longer than maxEventBytes is refused alone', async () => {
        const { append } = rig(make(), { maxEventBytes: 500 })
        const long = eventJson(2, 'v0', { text: 'x'.repeat(500) })
        expect(await append([eventJson(1), long, eventJson(3)])).toMatchObject({
          accepted: [uuid(1), uuid(3)],
          refused: [{ reason: 'too_large', uuids: [uuid(2)] }],
          firstRefusal: false,
        })
      })
    })

    describe('forms batches', () => {
      test('in order, of at most maxBatchSize, across handovers', async () => {
        const { append, claimAll } = rig(make(), { maxBatchSize: 3 })
        for (let from = 1; from <= 8; from += 2) await append(eventsFrom(from, 2))
        const batches = await claimAll()
        expect(batches.map(({ events }) => events.length)).toEqual([3, 3, 2])
        expect(batches.flatMap(({ events }) => events)).toEqual(eventsFrom(1, 8))
      })

      test('formats never share a batch', async () => {
        const { queue, config, claimAll } = rig(make())
        await queue.append(config, handoverOf(1, eventsFrom(1, 2, 'v0')), T)
        await queue.append(config, handoverOf(2, eventsFrom(3, 2, 'v1'), { format: 'v1' }), T)
        await queue.append(config, handoverOf(3, eventsFrom(5, 2, 'v0')), T)
        expect((await claimAll()).map(({ batch }) => batch.format)).toEqual(['v0', 'v1', 'v0'])
      })

      test('a uuid is never in one batch twice (invariant 8)', async () => {
        const { append, claimAll } = rig(make())
        await append([...eventsFrom(1, 2), ...eventsFrom(1, 2)])
        const batches = await claimAll()
        expect(batches.map(({ events }) => events.map(uuidOf))).toEqual([
          [uuid(1), uuid(2)],
          [uuid(1), uuid(2)],
        ])
      })

      test('lanes are separate, and each historical chunk is a batch of its own', async () => {
        const { append, claimAll } = rig(make())
        await append(eventsFrom(1, 2), T, 'historical')
        await append(eventsFrom(3, 2))
        await append(eventsFrom(5, 2), T, 'historical')
        const batches = await claimAll()
        expect(batches.map(({ batch, events }) => [batch.lane, ...events.map(uuidOf)])).toEqual([
          ['live', uuid(3), uuid(4)],
          ['historical', uuid(1), uuid(2)],
          ['historical', uuid(5), uuid(6)],
        ])
      })

      test('a hook drops and changes events once, before the first request', async () => {
        const { append, claimAll, settle, claim, balance } = rig(make())
        const hook: BeforeSend = (event) => {
          if (event.event === 'event 2') return null
          if (event.event === 'event 3') throw new Error('no')
          return { ...event, uuid: uuid(99), properties: { ...event.properties, seen: true } }
        }
        await append(eventsFrom(1, 4))
        const [first] = await claimAll(T, [hook])
        expect(first?.events.map(uuidOf)).toEqual([uuid(1), uuid(4)])
        expect(first?.events.every((json) => JSON.parse(json).properties.seen)).toBe(true)
        expect(await balance()).toMatchObject({ pending: 2, dropped: { before_send: 2 } })
        await settle(first, retry())
        expect((await claim(T + DAY)).claimed?.events).toEqual(first?.events)
      })

      test('a hook that drops everything leaves no empty batch', async () => {
        const { append, claimAll, balance } = rig(make(), { maxBatchSize: 2 })
        await append(eventsFrom(1, 7))
        expect(await claimAll(T, [() => null])).toEqual([])
        expect(await balance()).toEqual({ accepted: 7, delivered: 0, pending: 0, dropped: { before_send: 7 } })
      })

      test('events older than maxEventAge are dropped as expired, in a chunk or in a waiting batch', async () => {
        const { append, claim, settle, balance } = rig(make(), { maxEventAge: DAY })
        await append(eventsFrom(1, 2), T)
        await settle((await claim()).claimed, retry())
        await append(eventsFrom(3, 2), T + 1)
        await append(eventsFrom(5, 1), T + DAY)
        const { claimed } = await claim(T + DAY + 2)
        expect(claimed?.events.map(uuidOf)).toEqual([uuid(5)])
        expect(await balance()).toMatchObject({ pending: 1, dropped: { expired: 4 } })
      })

      test('by default, chunks of different hours do not share a batch', async () => {
        const { append, claim } = rig(make())
        await append(eventsFrom(1, 1), T)
        await append(eventsFrom(2, 1), T + BATCH_AGE_SPAN)
        await append(eventsFrom(3, 1), T + BATCH_AGE_SPAN + 1)
        const { claimed } = await claim(T + BATCH_AGE_SPAN + 1)
        expect(claimed?.events.map(uuidOf)).toEqual([uuid(1), uuid(2)])
      })

      test('P2: where events expire soon, none expires with one that is much older', async () => {
        const { append, claim, settle, balance } = rig(make(), { maxEventAge: 1_800_000 })
        await append(eventsFrom(1, 1), T)
        await append(eventsFrom(2, 1), T + 180_000)
        await append(eventsFrom(3, 1), T + 1_200_000)
        const { claimed } = await claim(T + 1_200_000)
        expect(claimed?.events.map(uuidOf)).toEqual([uuid(1), uuid(2)])
        await settle(claimed, retry())
        await settle((await claim(T + 1_200_000)).claimed, retry())
        expect((await claim(T + 1_800_001)).claimed?.events.map(uuidOf)).toEqual([uuid(3)])
        expect(await balance()).toMatchObject({ pending: 1, dropped: { expired: 2 } })
      })
    })

    describe('settles', () => {
      test('delivered events are out, and nothing of them stays on disk', async () => {
        const { append, claim, settle, balance, rows } = rig(make())
        await append(eventsFrom(1, 3))
        expect((await settle((await claim()).claimed, OK)).delivered).toHaveLength(3)
        expect(await balance()).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
        for (const table of ['chunks', 'batches', 'bodies', 'schedule'] as const) expect(await rows(table)).toEqual([])
      })

      test('an answer that comes twice counts once', async () => {
        const { append, claim, settle, balance } = rig(make())
        await append(eventsFrom(1, 3))
        const { claimed } = await claim()
        await settle(claimed, OK)
        expect(await settle(claimed, OK)).toMatchObject({ delivered: [], drops: [], kept: [] })
        expect(await balance()).toMatchObject({ delivered: 3, pending: 0 })
      })

      for (const [what, verdict] of [
        ['a late answer', OK],
        ['a late refusal', retry()],
      ] as const) {
        test(`P5: ${what} to a batch of a database that was deleted meanwhile leaves the batches of the new one alone`, async () => {
          const { append, claim, settle, balance, wipe } = rig(make())
          await append(eventsFrom(1, 1))
          const { claimed: old } = await claim()
          await wipe()
          await append(eventsFrom(2, 1))
          const { claimed: later } = await claim()
          expect(later?.id).toBe(old?.id)
          expect(await settle(old, verdict)).toMatchObject({ delivered: [], drops: [], kept: [] })
          expect(await balance()).toMatchObject({ delivered: 0, pending: 1 })
          expect((await settle(later, OK)).delivered.map(uuidOf)).toEqual([uuid(2)])
          expect(await balance()).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
        })
      }

      test('a partial answer keeps the rest in order, as the same batch', async () => {
        const { append, claim, settle, balance } = rig(make())
        await append(eventsFrom(1, 4))
        const { claimed } = await claim()
        const verdicts = new Map([
          [uuid(1), 'retry'],
          [uuid(2), 'rejected'],
          [uuid(4), 'retry'],
        ] as const)
        await settle(claimed, { kind: 'partial', verdicts, details: 'billing', retryAfter: null })
        expect(await balance()).toMatchObject({ delivered: 1, dropped: { rejected: 1 }, pending: 2 })
        const again = (await claim(T + 1_000)).claimed
        expect(again?.events.map(uuidOf)).toEqual([uuid(1), uuid(4)])
        expect(again?.batch).toMatchObject({ requestId: claimed?.batch.requestId, attempt: 2, count: 2 })
      })

      test('413 splits a batch into two, and one event alone is too large', async () => {
        const { append, claimAll, settle, balance } = rig(make())
        await append(eventsFrom(1, 3))
        const [whole] = await claimAll()
        await settle(whole, { kind: 'too_large', status: 413 })
        const halves = await claimAll()
        expect(halves.map(({ events }) => events.map(uuidOf))).toEqual([[uuid(1), uuid(2)], [uuid(3)]])
        expect(new Set([whole, ...halves].map((batch) => batch?.batch.requestId)).size).toBe(3)
        await settle(halves[1], { kind: 'too_large', status: 413 })
        expect(await balance()).toMatchObject({ pending: 2, dropped: { too_large: 1 } })
      })

      test('a batch waits until its pause is over, and is claimed by its id before that', async () => {
        const { append, claim, settle } = rig(make())
        await append(eventsFrom(1, 1))
        const { claimed } = await claim()
        await settle(claimed, retry())
        expect(await claim(T + 199)).toMatchObject({ nextAt: T + 200, pending: 1 })
        const id = claimed?.id ?? 0
        expect((await claim(T + 1, { kind: 'batch', id, ignoreRetryAfter: false })).claimed?.id).toBe(id)
      })
    })

    describe('survives its senders (P2, P8)', () => {
      test('a worker that starts takes over what an earlier one held, attempts counted on', async () => {
        const { append, claimAs, balance } = rig(make())
        await append(eventsFrom(1, 2))
        const { claimed } = await claimAs('worker:1', { kind: 'due' }, T)
        const taken = (await claimAs('worker:2', { kind: 'due' }, T + 1)).claimed
        expect(taken).toMatchObject({ id: claimed?.id, batch: { attempt: 2 }, events: claimed?.events })
        expect(await balance()).toMatchObject({ pending: 2 })
      })

      test('a page whose lock is gone is dead, one whose lock is held is not', async () => {
        const { append, claimAs } = rig(make())
        await append(eventsFrom(1, 2))
        await claimAs('page:1', { kind: 'due' }, T, { live: new Set(['page:1']) })
        const waiting = await claimAs('page:2', { kind: 'due' }, T + 1, { live: new Set(['page:1', 'page:2']) })
        expect(waiting).toMatchObject({ nextAt: T + 1 + 5_000, pending: 2 })
        expect(waiting.claimed).toBeUndefined()
        // The answer may have been lost with the first page: the next page does not send the same batch at once.
        const dead = { live: new Set(['page:2']) }
        expect(await claimAs('page:2', { kind: 'due' }, T + 2, dead)).toMatchObject({ nextAt: T + 5_000, pending: 2 })
        const taken = await claimAs('page:2', { kind: 'due' }, T + 5_000, dead)
        expect(taken.claimed?.events).toHaveLength(2)
      })

      test('a lease taken while the locks were asked for is alive', async () => {
        const { append, claimAs } = rig(make())
        await append(eventsFrom(1, 1))
        await claimAs('page:1', { kind: 'due' }, T)
        const live = new Set(['page:2'])
        const { claimed } = await claimAs('page:2', { kind: 'due' }, T + 5, { live, askedAt: T })
        expect(claimed).toBeUndefined()
      })

      test('without locks a page’s lease ends by age', async () => {
        const { append, claimAs } = rig(make())
        await append(eventsFrom(1, 1))
        await claimAs('page:1', { kind: 'due' }, T)
        expect(await claimAs('page:2', { kind: 'due' }, T + LEASE_MS)).toMatchObject({ nextAt: T + LEASE_MS })
        expect((await claimAs('page:2', { kind: 'due' }, T + LEASE_MS + 1)).claimed).toBeDefined()
      })

      test('a lease from the future, under a clock set back since, does not last until then', async () => {
        const { append, claimAs } = rig(make())
        await append(eventsFrom(1, 1), T + DAY)
        await claimAs('page:1', { kind: 'due' }, T + DAY, { live: new Set(['page:1']) })
        const { claimed } = await claimAs('page:2', { kind: 'due' }, T, { live: new Set(['page:2']) })
        expect(claimed).toBeDefined()
      })

      test('a late answer of an ousted sender is final where it is final, and changes nothing else', async () => {
        const { append, claimAs, settle, balance, queue } = rig(make())
        await append(eventsFrom(1, 3))
        const old = (await claimAs('worker:1', { kind: 'due' }, T)).claimed
        const current = (await claimAs('worker:2', { kind: 'due' }, T + 1)).claimed
        expect(await settle(old, retry())).toMatchObject({ delivered: [], kept: [] })
        expect((await queue.snapshot()).pending).toBe(3)
        const verdicts = new Map([
          [uuid(1), 'delivered'],
          [uuid(2), 'retry'],
          [uuid(3), 'retry'],
        ] as const)
        await settle(old, { kind: 'partial', verdicts, details: '', retryAfter: null })
        expect(await balance()).toMatchObject({ delivered: 1, pending: 2 })
        expect((await settle(current, OK)).delivered.map(uuidOf)).toEqual([uuid(2), uuid(3)])
        expect(await balance()).toMatchObject({ delivered: 3, pending: 0 })
      })

      test('an ousted sender’s 413 does not split what another one has in a request', async () => {
        const { append, claimAs, settle, balance } = rig(make())
        await append(eventsFrom(1, 2))
        const old = (await claimAs('worker:1', { kind: 'due' }, T)).claimed
        const current = (await claimAs('worker:2', { kind: 'due' }, T + 1)).claimed
        await settle(old, { kind: 'too_large', status: 413 })
        await settle(current, OK)
        expect(await balance()).toMatchObject({ delivered: 2, pending: 0 })
      })

      test('an attempt of its own that was not settled is due again', async () => {
        const { append, claimAs } = rig(make())
        await append(eventsFrom(1, 1))
        const first = await claimAs('page:1', { kind: 'due' }, T)
        expect(
          (await claimAs('page:1', { kind: 'due' }, T, { mine: [first.claimed?.id ?? 0] })).claimed,
        ).toBeUndefined()
        expect((await claimAs('page:1', { kind: 'due' }, T)).claimed?.id).toBe(first.claimed?.id)
      })
    })

    describe('survives wall clocks that jump', () => {
      test('a pause stored under a clock that was a year ahead is brought back', async () => {
        const { append, claim, settle } = rig(make())
        await append(eventsFrom(1, 1), T + 365 * DAY)
        await settle((await claim(T + 365 * DAY)).claimed, retry(), T + 365 * DAY)
        expect((await claim(T)).claimed).toBeDefined()
      })

      test('a clock that jumps ahead makes waiting batches due, not lost', async () => {
        const { append, claim, settle, balance } = rig(make())
        await append(eventsFrom(1, 1))
        await settle((await claim()).claimed, retry())
        await settle((await claim(T + DAY)).claimed, OK)
        expect(await balance()).toMatchObject({ delivered: 1 })
      })

      test('events stored ahead of time are due at once when the clock is set back', async () => {
        const { append, claim } = rig(make(), { flushAt: 100, flushInterval: 5_000 })
        await append(eventsFrom(1, 1), T + DAY)
        expect((await claim(T)).claimed).toBeDefined()
      })
    })

    describe('knows which worker has a hook (P10)', () => {
      const own = { hooked: true, scope: 'https://site.example/' }
      const other = { hooked: false, scope: 'https://site.example/__outlast/' }

      test('a worker without a hook ends the hold of its own scope, and of no other worker', async () => {
        const { queue, config, append, claim } = rig(make())
        await append(eventsFrom(1, 1))
        await queue.configure(config, T, own)
        await queue.configure(config, T, other)
        expect((await claim()).claimed).toBeUndefined()
        await queue.configure(config, T, { ...own, hooked: false })
        expect((await claim()).claimed).toBeDefined()
      })

      test('what was stored before scopes were is ended by any worker', async () => {
        const db = make()
        const { queue, config, append, claim } = rig(db)
        await append(eventsFrom(1, 1))
        await db.transact('readwrite', async (tx) => tx.put('rules', [queue.key], { ...NO_RULES, hooked: true }))
        await queue.configure(config, T, other)
        expect((await claim()).claimed).toBeDefined()
      })
    })

    describe('survives damage (P11)', () => {
      test.each(['chunks', 'batches', 'bodies', 'producers', 'schedule'] as const)(
        'damaged %s cost what they held, counted as corrupt, and the queue goes on',
        async (table) => {
          const { append, claim, claimAll, settle, balance, damage } = rig(make(), { maxBatchSize: 2 })
          await append(eventsFrom(1, 6))
          const [first] = await claimAll()
          await settle(first, retry())
          await append(eventsFrom(7, 3))
          expect(await damage(table)).toBeGreaterThan(0)
          await append(eventsFrom(20, 1))
          for (let time = T; time < T + 20 * 60_000; time += 60_000) {
            for (const batch of await claimAll(time)) await settle(batch, OK, time)
          }
          await claim(T + DAY)
          const stats = await balance()
          expect(stats).toMatchObject({ accepted: 10, pending: 0 })
          expect(stats.delivered + (stats.dropped.corrupt ?? 0)).toBe(10)
          expect(stats.delivered).toBeGreaterThan(0)
        },
      )

      test('a damaged queue record is rebuilt from what is there', async () => {
        const { append, claimAll, settle, balance, damage, rows } = rig(make(), { maxBatchSize: 2 })
        await append(eventsFrom(1, 6))
        const [first] = await claimAll()
        await settle(first, retry())
        await damage('queues')
        await append(eventsFrom(7, 1))
        for (const time of [T + 60_000, T + 120_000])
          for (const batch of await claimAll(time)) await settle(batch, OK, time)
        expect(await balance()).toMatchObject({ pending: 0, delivered: 7 })
        expect(await rows('aside')).toHaveLength(1)
      })

      test('P5: where only the record of the queue is lost, its rows are not, and no new batch takes the place of one', async () => {
        const db = make()
        const { append, claimAll, settle, balance, queue } = rig(db, { maxBatchSize: 2 })
        await append(eventsFrom(1, 6))
        for (const batch of await claimAll()) await settle(batch, retry())
        await db.transact('readwrite', async (tx) => tx.delete('queues', [queue.key]))
        await append(eventsFrom(7, 2))
        for (const time of [T + 60_000, T + 120_000])
          for (const batch of await claimAll(time)) await settle(batch, OK, time)
        expect(await balance()).toMatchObject({ pending: 0, delivered: 8, dropped: {} })
      })

      test('P5: a queue record whose counters contradict each other keeps what became of earlier events', async () => {
        const db = make()
        const { append, claimAll, settle, balance, queue } = rig(db)
        await append(eventsFrom(1, 4))
        for (const batch of await claimAll()) await settle(batch, OK)
        await append(eventsFrom(5, 2))
        await db.transact('readwrite', async (tx) => {
          const record = await tx.get('queues', [queue.key])
          tx.put('queues', [queue.key], { ...Object(record), pending: 0 })
        })
        await append(eventsFrom(7, 1))
        expect(await balance()).toMatchObject({ accepted: 7, delivered: 4, pending: 3 })
      })

      test.each([{ count: 2 ** 31 }, { count: 1 }, { size: 0 }, { size: 2 ** 31 }])(
        'P5: a batch record with a wrong %o is set right by the events that are stored',
        async (wrong) => {
          const db = make()
          const { append, claimAll, settle, balance, rows } = rig(db, { maxBatchSize: 2 })
          await append(eventsFrom(1, 6))
          for (const batch of await claimAll()) await settle(batch, retry())
          const [first] = await rows('batches')
          await db.transact('readwrite', async (tx) => {
            if (first) tx.put('batches', first.key, { ...Object(first.value), ...wrong })
          })
          for (const time of [T + 60_000, T + 120_000])
            for (const batch of await claimAll(time)) await settle(batch, OK, time)
          expect(await balance()).toMatchObject({ accepted: 6, pending: 0, delivered: 6, dropped: {} })
          expect(await rows('queues')).toMatchObject([{ value: { size: 0, inRequest: 0 } }])
        },
      )

      test('damaged batches that were in a request free their exemption from the bound', async () => {
        const { append, claimAs, damage } = rig(make(), { maxQueueSize: 2 })
        await append(eventsFrom(1, 2))
        await claimAs('page:1', { kind: 'due' }, T)
        await damage('batches')
        await claimAs('page:1', { kind: 'due' }, T)
        await append(eventsFrom(3, 2))
        expect(await append(eventsFrom(5, 1))).toMatchObject({ accepted: [] })
      })

      test('one damaged batch in front of others holds up none of them', async () => {
        const db = make()
        const { append, claimAll, settle, claim, rows, queue } = rig(db, { maxBatchSize: 1 })
        await append(eventsFrom(1, 5))
        for (const batch of await claimAll()) await settle(batch, retry())
        const held = await rows('batches')
        await db.transact('readwrite', async (tx) => {
          for (const { key } of held.slice(0, 4)) tx.put('batches', key, { broken: true })
        })
        expect((await claim(T + 60_000)).claimed?.events.map(uuidOf)).toEqual([uuid(5)])
        expect(await queue.stats()).toMatchObject({ pending: 1, dropped: { corrupt: 4 } })
      })

      test('an answer to a batch whose record was damaged meanwhile counts its events as corrupt', async () => {
        const { append, claim, settle, damage, balance } = rig(make())
        await append(eventsFrom(1, 2))
        const { claimed } = await claim()
        await damage('batches')
        expect((await settle(claimed, OK)).drops).toMatchObject([{ reason: 'corrupt' }])
        expect(await balance()).toMatchObject({ pending: 0, dropped: { corrupt: 2 } })
      })

      test('records that are set aside are kept for a look, a bounded number of them', async () => {
        const { append, claimAll, damage, rows } = rig(make(), { maxBatchSize: 1 })
        await append(eventsFrom(1, 40))
        await damage('chunks')
        await claimAll()
        expect((await rows('aside')).length).toBe(20)
      })
    })

    test('a snapshot is where a flush begins: nothing that comes later is claimed for it', async () => {
      const { append, claim, queue } = rig(make(), { flushAt: 100 })
      await append(eventsFrom(1, 2))
      const snapshot = await queue.snapshot()
      await append(eventsFrom(3, 2))
      const wanted = { kind: 'forced', before: snapshot.before } as const
      expect((await claim(T, wanted)).claimed?.events.map(uuidOf)).toEqual([uuid(1), uuid(2)])
      expect((await claim(T, wanted)).claimed).toBeUndefined()
    })

    test('resetBackoff makes due what could not be reached, not what the server asked to wait for', async () => {
      const { append, claim, settle, queue } = rig(make(), { maxBatchSize: 1 })
      await append(eventsFrom(1, 1))
      await settle((await claim()).claimed, retry(false))
      await queue.resetBackoff(T + 1)
      expect((await claim(T + 1)).claimed).toBeDefined()
      await append(eventsFrom(2, 1), T + 2)
      const second = (await claim(T + 2, { kind: 'forced', before: 1_000 })).claimed
      await settle(second, { ...retry(), retryAfter: '20' } as Verdict, T + 2)
      await queue.resetBackoff(T + 3)
      expect((await claim(T + 3)).claimed?.events.map(uuidOf)).not.toEqual([uuid(2)])
    })

    test('dropAll drops everything pending, wherever it is, and the queue goes on', async () => {
      const { append, claim, settle, queue, balance, rows } = rig(make(), { maxBatchSize: 2 })
      await append(eventsFrom(1, 5))
      await settle((await claim()).claimed, retry())
      const { claimed } = await claim(T, { kind: 'forced', before: 1_000 })
      const dropped = (await queue.dropAll('shutdown', T)).flatMap(({ events }) => events.map(uuidOf))
      expect(dropped.sort()).toEqual(eventsFrom(1, 5).map(uuidOf))
      expect(await balance()).toEqual({ accepted: 5, delivered: 0, pending: 0, dropped: { shutdown: 5 } })
      for (const table of ['chunks', 'batches', 'bodies', 'schedule'] as const) expect(await rows(table)).toEqual([])
      await settle(claimed, OK)
      await append(eventsFrom(6, 1))
      expect(await balance()).toMatchObject({ accepted: 6, pending: 1, delivered: 0 })
    })

    test('P10: dropAll leaves what was captured at or after its moment, in chunks and in batches', async () => {
      const { queue, config, claim, balance, settle } = rig(make(), { maxBatchSize: 1 })
      const captured = (seq: number, at: number) =>
        queue.append(config, handoverOf(seq, eventsFrom(seq, 1), { at }), T + 100 + seq)
      await captured(1, T + 10)
      await captured(2, T + 20)
      await settle((await claim(T + 200, { kind: 'forced', before: 1_000 })).claimed, retry())
      const { claimed } = await claim(T + 200, { kind: 'forced', before: 1_000 })
      await captured(3, T + 10)
      await captured(4, T + 20)
      const dropped = (await queue.dropAll('opted_out', T + 300, T + 15)).flatMap(({ events }) => events.map(uuidOf))
      expect(dropped.sort()).toEqual([uuid(1), uuid(3)])
      expect(await balance()).toMatchObject({ accepted: 4, delivered: 0, pending: 2, dropped: { opted_out: 2 } })
      await settle(claimed, OK)
      expect(await balance()).toMatchObject({ pending: 1, delivered: 1 })
    })

    test('P10: dropAll does a later erasure too, which another tab has left on disk', async () => {
      const db = make()
      const { queue, config, balance } = rig(db)
      await queue.append(config, handoverOf(1, eventsFrom(1, 1), { at: T + 20 }), T + 100)
      const owed = { ...NO_RULES, refused: true, at: T + 30, turns: [T + 30], erase: T + 30, eraseOwed: true }
      await db.transact('readwrite', async (tx) => tx.put('rules', [queue.key], owed))
      await queue.dropAll('opted_out', T + 300, T + 10)
      expect(await balance()).toMatchObject({ accepted: 1, pending: 0, dropped: { opted_out: 1 } })
      expect(await queue.dropAll('opted_out', T + 300, T + 30)).toEqual([])
    })

    test('P10: dropAll takes what was captured before the clock was set back', async () => {
      const { queue, config, balance } = rig(make())
      await queue.append(config, handoverOf(1, eventsFrom(1, 1), { at: T + DAY }), T + 100)
      await queue.dropAll('opted_out', T + 300, T + 200)
      expect(await balance()).toMatchObject({ accepted: 1, pending: 0, dropped: { opted_out: 1 } })
    })

    test('queues of one database are separate', async () => {
      const db = make()
      const one = rig(db)
      const other = createQueue(db, 'other https://other.example.com')
      await one.append(eventsFrom(1, 2))
      expect(await other.stats()).toMatchObject({ pending: 0 })
      expect(await other.snapshot()).toEqual({ pending: 0, before: 0, batches: [] })
      expect(await other.config()).toBeUndefined()
      expect(await one.queue.config()).toEqual(one.config)
    })
  })
}
