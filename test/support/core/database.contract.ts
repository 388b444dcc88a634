import { describe, expect, test } from 'vitest'
import type { Database, Key, Row } from '../../../src/core/base/ports'

/** The tests that every `Database` passes. `make` gives an empty one. */
export function databaseContract(name: string, make: () => Database): void {
  describe(`${name} keeps the contract of a database`, () => {
    const put = (db: Database, key: Key, value: unknown) =>
      db.transact('readwrite', async (tx) => tx.put('chunks', key, value))
    const list = (db: Database, prefix: Key, options?: { limit?: number }) =>
      db.transact('readonly', (tx) => tx.list('chunks', prefix, options))
    const keys = (rows: Row[]) => rows.map(({ key }) => key)

    test('what was put is there, and what was not is undefined', async () => {
      const db = make()
      await put(db, ['a', 1], { value: 1 })
      await put(db, ['a', 1], { value: 2 })
      const [there, other, table] = await db.transact('readonly', async (tx) => [
        await tx.get('chunks', ['a', 1]),
        await tx.get('chunks', ['a', 2]),
        await tx.get('batches', ['a', 1]),
      ])
      expect([there, other, table]).toEqual([{ value: 2 }, undefined, undefined])
    })

    test('a transaction gives what its work returns', async () => {
      expect(await make().transact('readonly', async () => 'value')).toBe('value')
    })

    test('a work that fails leaves nothing, in no table, and its error comes through', async () => {
      const db = make()
      await put(db, ['a'], 'before')
      const failing = db.transact('readwrite', async (tx) => {
        tx.put('chunks', ['a'], 'after')
        tx.put('batches', ['a'], 'after')
        tx.deleteRange('chunks', [])
        throw new TypeError('a defect')
      })
      await expect(failing).rejects.toThrow('a defect')
      const rows = await db.transact('readonly', async (tx) => [
        await tx.list('chunks', []),
        await tx.list('batches', []),
      ])
      expect(rows).toEqual([[{ key: ['a'], value: 'before' }], []])
    })

    test('a failed transaction does not stop the next one', async () => {
      const db = make()
      const failed = db.transact('readwrite', async () => {
        throw new TypeError('a defect')
      })
      const next = put(db, ['a'], 1)
      await expect(failed).rejects.toThrow()
      await next
      expect(await list(db, [])).toHaveLength(1)
    })

    test('rows come in key order: numbers by value, before strings, short keys before long ones', async () => {
      const db = make()
      const sorted: Key[] = [['a'], ['a', -1], ['a', 2], ['a', 10], ['a', 10, 'x'], ['a', 'b'], ['a', 'ba'], ['b']]
      for (const key of [...sorted].reverse()) await put(db, key, 0)
      expect(keys(await list(db, []))).toEqual(sorted)
    })

    test('a prefix is whole parts of a key', async () => {
      const db = make()
      for (const key of [['a'], ['a', 1], ['a', 'b'], ['ab'], ['ab', 1], [1]] as Key[]) await put(db, key, 0)
      expect(keys(await list(db, ['a']))).toEqual([['a'], ['a', 1], ['a', 'b']])
      expect(keys(await list(db, ['a', 1]))).toEqual([['a', 1]])
      expect(keys(await list(db, ['c']))).toEqual([])
    })

    test('`limit` takes the first rows', async () => {
      const db = make()
      for (let n = 0; n < 5; n++) await put(db, ['a', n], n)
      expect((await list(db, ['a'], { limit: 2 })).map(({ value }) => value)).toEqual([0, 1])
      expect(await list(db, ['a'], { limit: 100 })).toHaveLength(5)
    })

    test('deleteRange deletes a prefix, or its head up to `last`, and nothing else', async () => {
      const db = make()
      for (const key of [
        ['a', 1],
        ['a', 2],
        ['a', 2, 0],
        ['a', 3],
        ['b', 1],
      ] as Key[])
        await put(db, key, 0)
      await db.transact('readwrite', async (tx) => tx.deleteRange('chunks', ['a'], ['a', 2]))
      const left: Key[] = [
        ['a', 2, 0],
        ['a', 3],
        ['b', 1],
      ]
      expect(keys(await list(db, []))).toEqual(left)
      await db.transact('readwrite', async (tx) => tx.deleteRange('chunks', ['a'], ['a', 0]))
      expect(keys(await list(db, []))).toEqual(left)
      await db.transact('readwrite', async (tx) => tx.deleteRange('chunks', ['a']))
      expect(keys(await list(db, []))).toEqual([['b', 1]])
    })

    test('delete takes one row, and one that is not there is no error', async () => {
      const db = make()
      await put(db, ['a'], 1)
      await put(db, ['a', 1], 2)
      await db.transact('readwrite', async (tx) => {
        tx.delete('chunks', ['a'])
        tx.delete('chunks', ['nothing'])
      })
      expect(keys(await list(db, []))).toEqual([['a', 1]])
    })

    test('a transaction sees its own writes', async () => {
      const db = make()
      const seen = await db.transact('readwrite', async (tx) => {
        tx.put('chunks', ['a'], 1)
        return tx.list('chunks', [])
      })
      expect(seen).toEqual([{ key: ['a'], value: 1 }])
    })

    test('big values come back as they were', async () => {
      const db = make()
      const value = { events: Array.from({ length: 100 }, (_, n) => String(n).repeat(20_000)) }
      await put(db, ['big'], value)
      expect((await list(db, []))[0]?.value).toEqual(value)
    })

    test('concurrent transactions run one after the other', async () => {
      const db = make()
      const add = () =>
        db.transact('readwrite', async (tx) => {
          const count = ((await tx.get('queues', ['count'])) as number | undefined) ?? 0
          await tx.get('chunks', ['something'])
          tx.put('queues', ['count'], count + 1)
        })
      await Promise.all(Array.from({ length: 25 }, add))
      expect(await db.transact('readonly', (tx) => tx.get('queues', ['count']))).toBe(25)
    })

    test('it can be used again after `close`', async () => {
      const db = make()
      await put(db, ['a'], 1)
      db.close()
      db.close()
      await put(db, ['b'], 2)
      expect(keys(await list(db, []))).toContainEqual(['b'])
    })
  })
}
