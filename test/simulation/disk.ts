/** The tables on an origin's disk, with what a transaction needs to be undone. */

export type DiskKey = readonly (string | number | readonly unknown[])[]

export interface DiskRow {
  key: DiskKey
  value: unknown
}

export interface Change {
  table: string
  key: DiskKey
  before: unknown
  after: unknown
}

/** What the library keeps free for draining a full disk, and the records that fit into it. */
const RESERVE = 'reserve'
const ROOM_OF_RESERVE = 40

/** A range of keys, as an IDBKeyRange is one. */
export interface Range {
  lo: DiskKey
  /** `undefined`: without an end. */
  hi: DiskKey | undefined
  loOpen: boolean
  hiOpen: boolean
}

export class Disk {
  version = 0
  private full = false
  /** Records that still fit where the quota is used up. */
  private room = 0
  readonly tables = new Map<string, DiskRow[]>()

  /** The origin's quota is used up, or there is enough again. */
  setFull(full: boolean): void {
    this.full = full
    this.room = 0
  }

  get isFull(): boolean {
    return this.full
  }

  /** Whether there is room for that. */
  takes(changes: Change[]): boolean {
    if (!this.full) return true
    let written = 0
    for (const { table, before, after } of changes) {
      const size = table === RESERVE ? ROOM_OF_RESERVE : 1
      if (after !== undefined) written += size
      else if (table === RESERVE && before !== undefined) written -= size
    }
    if (written > this.room) return false
    this.room -= written
    return true
  }

  rows(table: string): DiskRow[] {
    const rows = this.tables.get(table)
    if (!rows) throw new Error(`there is no table ${table}`)
    return rows
  }

  get(table: string, key: DiskKey): unknown {
    const rows = this.rows(table)
    const index = firstNotBefore(rows, key)
    const row = rows[index]
    return row && compare(row.key, key) === 0 ? row.value : undefined
  }

  /** `undefined` deletes. Returns the change, for `undo`. */
  set(table: string, key: DiskKey, value: unknown): Change | undefined {
    const rows = this.rows(table)
    const index = firstNotBefore(rows, key)
    const row = rows[index]
    const found = row !== undefined && compare(row.key, key) === 0
    if (value === undefined) {
      if (!found) return undefined
      rows.splice(index, 1)
      return { table, key, before: row.value, after: undefined }
    }
    if (found) {
      rows[index] = { key, value }
      return { table, key, before: row.value, after: value }
    }
    rows.splice(index, 0, { key, value })
    return { table, key, before: undefined, after: value }
  }

  within(table: string, { lo, hi, loOpen, hiOpen }: Range, limit = Number.POSITIVE_INFINITY): DiskRow[] {
    const rows = this.rows(table)
    const found: DiskRow[] = []
    for (let index = firstNotBefore(rows, lo); index < rows.length && found.length < limit; index++) {
      const row = rows[index] as DiskRow
      if (loOpen && compare(row.key, lo) === 0) continue
      if (hi && compare(row.key, hi) > (hiOpen ? -1 : 0)) break
      found.push(row)
    }
    return found
  }

  undo(changes: Change[]): void {
    for (const { table, key, before } of changes.reverse()) this.set(table, key, before)
  }
}

function firstNotBefore(rows: DiskRow[], key: DiskKey): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare((rows[middle] as DiskRow).key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** As IndexedDB orders keys: numbers before strings before arrays, arrays by element, the shorter first. */
function compare(a: DiskKey, b: DiskKey): number {
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const x = a[index]
    const y = b[index]
    if (x === y) continue
    const byKind = rank(x) - rank(y)
    if (byKind !== 0) return byKind
    if (Array.isArray(x)) return compare(x, y as DiskKey)
    return (x as string) < (y as string) ? -1 : 1
  }
  return a.length - b.length
}

const rank = (value: unknown) => (typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2)
