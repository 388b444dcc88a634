/** As much of IndexedDB as the library's adapter uses, over a simulated disk that can fail at every turn. */

import { copy } from './copy'
import type { Change, DiskKey } from './disk'
import type { Realm } from './realm'

/**
 * Microtasks after which a transaction that nothing was asked of commits by itself. A browser's waits for all of them: a
 * loop over some hundred rows that were read before takes this many.
 */
const IDLE_TICKS = 1_000

/** What is asked, with the handlers that its asker sets on it. */
class Asked {
  result: unknown
  error: unknown
  onsuccess: (() => void) | undefined
  onerror: (() => void) | undefined
  onupgradeneeded: ((event: object) => void) | undefined

  resolve(result: unknown): void {
    this.result = result
    this.onsuccess?.()
  }

  reject(error: unknown): void {
    this.error = error
    this.onerror?.()
  }
}

class StorageFailure extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message)
  }
}

/** Transactions of one disk, one after the other. */
export class StorageQueue {
  private readonly waiting: OpenTransaction[] = []
  private current: OpenTransaction | undefined
  readonly connections = new Set<Connection>()

  enter(tx: OpenTransaction): void {
    this.waiting.push(tx)
    this.next()
  }

  leave(tx: OpenTransaction): void {
    const index = this.waiting.indexOf(tx)
    if (index >= 0) this.waiting.splice(index, 1)
    if (this.current !== tx) return
    this.current = undefined
    this.next()
  }

  busyWith(realm: Realm): boolean {
    return [this.current, ...this.waiting].some((tx) => tx?.realm === realm)
  }

  private next(): void {
    if (this.current) return
    this.current = this.waiting.shift()
    void this.current?.run()
  }
}

export function factoryOf(realm: Realm) {
  return {
    open(_name: string, version: number): Asked {
      const asked = new Asked()
      openDatabase(realm, version, asked).then(
        (connection) => asked.resolve(connection),
        (error) => asked.reject(error),
      )
      return asked
    },
  }
}

async function openDatabase(realm: Realm, version: number, asked: Asked): Promise<Connection> {
  await realm.effect('open', () => undefined)
  const { disk, storage } = realm.sim
  if (version < disk.version) throw new StorageFailure('VersionError', 'the database is of a later version')
  if (version > disk.version) {
    for (const other of [...storage.connections]) {
      other.realm.enter(() => other.onversionchange?.())
    }
    // A connection that does not close is closed with its context in the end; here it is simply cut.
    for (const other of [...storage.connections]) other.close()
    asked.result = {
      objectStoreNames: { contains: (name: string) => disk.tables.has(name) },
      createObjectStore: (name: string) => void disk.tables.set(name, []),
    }
    asked.onupgradeneeded?.({})
    disk.version = version
    // Who runs an earlier version cannot even settle what it has in a request.
    for (const other of realm.sim.realms) if (other !== realm) other.disturb(Number.POSITIVE_INFINITY)
  }
  return new Connection(realm)
}

export class Connection {
  closed = false

  onversionchange: (() => void) | undefined

  constructor(readonly realm: Realm) {
    realm.sim.storage.connections.add(this)
    realm.atDeath(() => this.close())
  }

  close(): void {
    this.closed = true
    this.realm.sim.storage.connections.delete(this)
  }

  transaction(_tables: string[], mode: 'readonly' | 'readwrite'): OpenTransaction {
    if (this.closed) throw new StorageFailure('InvalidStateError', 'the connection is closed')
    const { sim } = this.realm
    if (sim.time.overrun(this.realm.name)) {
      sim.ledger.breach('spin', `${this.realm.name} begins transactions without an end`)
      this.realm.kill()
    }
    return new OpenTransaction(this.realm, this, mode)
  }
}

interface Request {
  work(): unknown
  asked: Asked
}

class OpenTransaction {
  error: StorageFailure | null = null
  oncomplete: (() => void) | undefined
  onabort: (() => void) | undefined
  private ended = false
  private readonly requests: Request[] = []
  private readonly changes: Change[] = []
  private readonly survive: () => void

  constructor(
    readonly realm: Realm,
    private readonly connection: Connection,
    private readonly mode: 'readonly' | 'readwrite',
  ) {
    this.survive = realm.atDeath(() => this.rollBack())
    realm.sim.storage.enter(this)
  }

  objectStore(table: string) {
    const { disk } = this.realm.sim
    return {
      count: (key: string) => this.request(() => (disk.get(table, [key]) === undefined ? 0 : 1)),
      get: (key: DiskKey) => this.request(() => copy(disk.get(table, key))),
      put: (value: unknown, key: DiskKey | string) => {
        // A clone is made at once, whatever the caller does to its object afterwards.
        const stored = copy(value)
        return this.request(() => this.write(table, typeof key === 'string' ? [key] : key, stored))
      },
      delete: (key: DiskKey | string | Range) =>
        this.request(() => {
          if (typeof key === 'string') return this.write(table, [key], undefined)
          if (!('lo' in key)) return this.write(table, key, undefined)
          for (const row of disk.within(table, key.lo, key.hi)) this.write(table, row.key, undefined)
        }),
      getAllKeys: (within: Range, limit?: number) =>
        this.request(() => disk.within(table, within.lo, within.hi, limit).map(({ key }) => key)),
      getAll: (within: Range, limit?: number) =>
        this.request(() => disk.within(table, within.lo, within.hi, limit).map(({ value }) => copy(value))),
    }
  }

  abort(): void {
    if (this.ended) throw new StorageFailure('InvalidStateError', 'the transaction has ended')
    this.fail(null)
  }

  async run(): Promise<void> {
    const { realm } = this
    try {
      await realm.effect('tx.start', () => undefined)
      for (let request = await this.nextRequest(); request; request = await this.nextRequest()) {
        const fault = realm.meet('tx.request')
        if (realm.dead) return
        if (fault?.what === 'slow') await new Promise<void>((go) => void realm.later(fault.ms, go))
        if (this.ended || realm.dead) return
        try {
          if (fault?.what === 'fail') throw new StorageFailure('UnknownError', 'the request failed')
          request.asked.resolve(request.work())
        } catch (error) {
          request.asked.reject(error)
          throw error
        }
      }
      if (!this.ended) await this.commit()
    } catch (error) {
      realm.disturb()
      this.fail(error instanceof StorageFailure ? error : new StorageFailure('UnknownError', String(error)))
    }
  }

  /** Nothing when the work has come to its end: a transaction commits when nobody asks anything more of it. */
  private async nextRequest(): Promise<Request | undefined> {
    for (let tick = 0; tick < IDLE_TICKS && this.requests.length === 0 && !this.ended; tick++) await undefined
    return !this.ended ? this.requests.shift() : undefined
  }

  private async commit(): Promise<void> {
    const { realm, changes } = this
    const { disk, ledger, faults } = realm.sim
    const fault = realm.meet('tx.commit')
    if (realm.dead || this.ended) return
    if (fault?.what === 'slow') await new Promise<void>((go) => void realm.later(fault.ms, go))
    if (realm.dead || this.ended) return
    const fits = disk.takes(changes)
    if (!fits || fault?.what === 'quota') {
      faults.note('quota')
      throw new StorageFailure('QuotaExceededError', 'the quota is used up')
    }
    if (fault?.what === 'fail') throw new Error('the transaction was aborted')
    this.ended = true
    this.survive()
    if (changes.length > 0) ledger.committed(realm, changes)
    if (fault?.what === 'lost') {
      realm.disturb()
      this.connection.close()
      this.error = new StorageFailure('UnknownError', 'the connection was lost')
      this.onabort?.()
    } else {
      const told = realm.meet('tx.done')
      if (told?.what === 'slow') realm.later(told.ms, () => this.oncomplete?.())
      else if (!realm.dead) realm.enter(() => this.oncomplete?.())
    }
    realm.sim.storage.leave(this)
  }

  private request(work: () => unknown): Asked {
    const asked = new Asked()
    if (this.realm.dead) return asked
    if (this.ended) {
      const { error, realm } = this
      if (!error) realm.sim.ledger.breach('transactions', `${realm.name} asks something of one that has ended`)
      throw error ?? new StorageFailure('TransactionInactiveError', 'the transaction has ended')
    }
    this.requests.push({ work, asked })
    return asked
  }

  private write(table: string, key: DiskKey, value: unknown): void {
    if (this.mode === 'readonly') throw new StorageFailure('ReadOnlyError', 'the transaction may only read')
    const change = this.realm.sim.disk.set(table, key, value)
    if (change) this.changes.push(change)
  }

  private fail(error: StorageFailure | null): void {
    if (this.ended) return
    this.error = error
    const reason = error ?? new StorageFailure('AbortError', 'the transaction was aborted')
    for (const { asked } of this.requests.splice(0)) asked.reject(reason)
    this.rollBack()
    this.onabort?.()
  }

  private rollBack(): void {
    if (this.ended) return
    this.ended = true
    this.survive()
    this.realm.sim.disk.undo(this.changes)
    this.realm.sim.storage.leave(this)
  }
}

export interface Range {
  lo: DiskKey
  hi: DiskKey
}

export const keyRange = { bound: (lo: DiskKey, hi: DiskKey): Range => ({ lo, hi }) }
