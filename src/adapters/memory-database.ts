import type { Database, Key, Row, Table, Transaction } from '../core/base/ports'
import { createSerial } from '../core/base/serial'

type Rows = Row[]

/** A database that lives as long as its context. Transactions run one after the other; a failed one leaves no trace. */
export function memoryDatabase(): Database {
  const tables = new Map<Table, Rows>()
  const transactions = createSerial()

  async function run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const before = new Map<Table, Rows>()
    const writable = (table: Table) => {
      const rows = tables.get(table) ?? []
      // Copied once per transaction, so that what failed can be undone.
      if (!before.has(table)) {
        before.set(table, rows)
        tables.set(table, [...rows])
      }
      return tables.get(table) as Rows
    }
    try {
      return await work(transactionOn((table) => tables.get(table) ?? [], writable))
    } catch (error) {
      for (const [table, rows] of before) tables.set(table, rows)
      throw error
    }
  }

  return {
    durable: false,
    transact: (_mode, work) => transactions.run(() => run(work)),
    close: () => undefined,
  }
}

function transactionOn(read: (table: Table) => Rows, write: (table: Table) => Rows): Transaction {
  return {
    async get(table, key) {
      const rows = read(table)
      const row = rows[firstNotBefore(rows, key)]
      return row && compareKeys(row.key, key) === 0 ? row.value : undefined
    },
    put(table, key, value) {
      const rows = write(table)
      const index = firstNotBefore(rows, key)
      const row = rows[index]
      rows.splice(index, row && compareKeys(row.key, key) === 0 ? 1 : 0, { key, value })
    },
    delete(table, key) {
      const rows = write(table)
      const index = firstNotBefore(rows, key)
      const row = rows[index]
      if (row && compareKeys(row.key, key) === 0) rows.splice(index, 1)
    },
    deleteRange(table, prefix, last) {
      const rows = write(table)
      const [from, to] = bounds(rows, prefix, last)
      rows.splice(from, to - from)
    },
    async list(table, prefix, { limit = Number.POSITIVE_INFINITY } = {}) {
      const rows = read(table)
      const [from, to] = bounds(rows, prefix, undefined, limit)
      return rows.slice(from, to)
    },
  }
}

function bounds(rows: Rows, prefix: Key, last?: Key, limit = rows.length): [from: number, to: number] {
  const from = firstNotBefore(rows, prefix)
  const end = Math.min(rows.length, from + limit)
  let to = from
  while (to < end) {
    const { key } = rows[to] as Row
    if (!prefix.every((part, index) => part === key[index]) || (last && compareKeys(key, last) > 0)) break
    to += 1
  }
  return [from, to]
}

function firstNotBefore(rows: Rows, key: Key): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareKeys((rows[middle] as Row).key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Compares keys as IndexedDB compares arrays: element by element, a number before any string, the shorter first. */
function compareKeys(a: Key, b: Key): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const x = a[index] as string | number
    const y = b[index] as string | number
    if (x === y) continue
    if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1
    return x < y ? -1 : 1
  }
  return a.length - b.length
}
