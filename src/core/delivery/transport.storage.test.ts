import { expect, test } from 'vitest'
import { HANG, OK } from '../../../test/support/core/fake-endpoint'
import { eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import { world } from '../../../test/support/core/world'
import { memoryDatabase } from '../../adapters/memory-database'
import type { Database } from '../base/ports'
import { StorageError } from '../base/ports'

/** A database whose writes fail on demand, before or after they are committed. */
function unreliable(): Database & { failing: false | 'before' | 'after' } {
  const database = memoryDatabase()
  return {
    failing: false,
    durable: true,
    close: () => undefined,
    async transact(mode, work) {
      if (this.failing === 'before') throw new StorageError('unavailable', 'lost')
      const result = await database.transact(mode, work)
      if (this.failing === 'after') throw new StorageError('unavailable', 'lost after the commit')
      return result
    },
  }
}

test.each([10, 5_000])(
  'P4: storage that is away for %d ms while an answer is settled does not send the batch again',
  async (ms) => {
    const database = unreliable()
    const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 }, database })
    endpoint.answer = () => ({ status: 200, afterMs: 10 })
    await capture()
    await clock.advance(0)
    database.failing = 'before'
    await clock.advance(ms)
    database.failing = false
    await clock.advance(60_000)
    expect(endpoint.sent).toHaveLength(1)
    expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
  },
)

test('a settlement that was committed but reported as failed is counted once', async () => {
  const database = unreliable()
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 }, database })
  endpoint.answer = () => ({ status: 200, afterMs: 10 })
  await capture(3)
  await clock.advance(0)
  database.failing = 'after'
  await clock.advance(10)
  database.failing = false
  await clock.advance(60_000)
  expect(endpoint.sent).toHaveLength(1)
  expect(await balance()).toMatchObject({ accepted: 3, delivered: 3, pending: 0 })
})

test('storage that stays away while an answer is settled costs a second delivery, never the event', async () => {
  const database = unreliable()
  const { clock, capture, endpoint, balance } = world({ settings: { flushAt: 1 }, database })
  endpoint.answer = () => ({ status: 200, afterMs: 10 })
  await capture()
  await clock.advance(0)
  database.failing = 'before'
  await clock.advance(20_000)
  database.failing = false
  await clock.advance(60_000)
  expect(endpoint.taken.size).toBe(1)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('a handover that storage did not take is refused as a whole', async () => {
  const database = unreliable()
  const { transport, config, stats } = world({ database })
  database.failing = 'before'
  await expect(transport.append(config, handoverOf(1, eventsFrom(1, 3)))).rejects.toBeInstanceOf(StorageError)
  database.failing = false
  expect(await stats()).toMatchObject({ accepted: 0 })
})

test('P4: a handover that was committed but not acknowledged is taken once', async () => {
  const database = unreliable()
  const { transport, config, stats } = world({ database })
  const handover = handoverOf(1, eventsFrom(1, 3))
  database.failing = 'after'
  await expect(transport.append(config, handover)).rejects.toThrow()
  database.failing = false
  expect(await transport.append(config, handover)).toMatchObject({ kind: 'committed', accepted: [] })
  expect(await stats()).toMatchObject({ accepted: 3, pending: 3 })
})

test('while storage fails a wake asks to be called again, and requests do not pile up', async () => {
  const database = unreliable()
  const { clock, capture, endpoint, transport, balance } = world({ settings: { flushAt: 1 }, database })
  endpoint.answer = () => HANG
  await capture()
  database.failing = 'before'
  expect(await transport.wake()).toMatchObject({ nextWakeAt: clock.now() + 5_000 })
  endpoint.answer = () => OK
  await clock.advance(20_000)
  database.failing = false
  await clock.advance(60_000)
  expect(await balance()).toMatchObject({ delivered: 1, pending: 0 })
})

test('P7: a disk with room for a few events only is drained by batches of a few', async () => {
  const database = memoryDatabase()
  const { transact } = database
  const { clock, capture, endpoint, balance } = world({ settings: { maxBatchSize: 100, flushAt: 100 }, database })
  await capture(16)
  const room = 5
  database.transact = (mode, work) =>
    transact(mode, (tx) => {
      const put: typeof tx.put = (table, key, value) => {
        const { events } = value as { events?: unknown[] }
        if (table === 'bodies' && (events?.length ?? 0) > room) throw new StorageError('full', 'quota')
        tx.put(table, key, value)
      }
      return work({ ...tx, put })
    })
  await clock.advance(60_000)
  expect(endpoint.taken.size).toBe(16)
  expect(await balance()).toMatchObject({ accepted: 16, delivered: 16, pending: 0 })
})
