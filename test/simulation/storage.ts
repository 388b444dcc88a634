/** As much of IndexedDB as the library uses, with and without its adapter, over a disk that can fail at every turn. */

import { copy } from './copy'
import { type Change, Disk, type DiskKey, type Range } from './disk'
import { Listeners } from './listeners'
import { endlessTransactions } from './oracle/spin'
import { transactions } from './oracle/transactions'
import type { Realm } from './realm'

/**
 * Microtasks after which a transaction that nothing was asked of commits by itself. A browser's waits for all of them: a
 * loop over some hundred rows that were read before takes this many.
 */
const IDLE_TICKS = 1_000

/** A page's first code asks for its journal and the rules alone; it leaves it to the hosts to give a disk up. */
const TABLES_OF_FIRST_CODE = 2

type Handler = ((event: object) => void) | null | undefined

const happening = (type: string, target: unknown, more: object = {}) => ({
  type,
  target,
  preventDefault: () => undefined,
  stopPropagation: () => undefined,
  ...more,
})

/** Something that things happen to: told to the one handler that is set on it, and to every listener. */
class Target extends Listeners {
  protected happened(type: string, handler: Handler, event: object): void {
    handler?.(event)
    this.dispatch(type, event)
  }
}

/** What is asked, with the handlers that its asker sets on it. */
class Asked extends Target {
  readyState = 'pending'
  result: unknown
  error: unknown = null
  onsuccess: Handler
  onerror: Handler
  onupgradeneeded: Handler
  onblocked: Handler

  constructor(public transaction: Transacting | null = null) {
    super()
  }

  resolve(result: unknown): void {
    this.readyState = 'done'
    this.result = result
    this.happened('success', this.onsuccess, happening('success', this))
  }

  reject(error: unknown): void {
    this.readyState = 'done'
    this.result = undefined
    this.error = error
    this.happened('error', this.onerror, happening('error', this))
  }

  upgrade(oldVersion: number, newVersion: number): void {
    this.happened('upgradeneeded', this.onupgradeneeded, happening('upgradeneeded', this, { oldVersion, newVersion }))
  }
}

/** A transaction as its users know it. */
class Transacting extends Target {
  error: StorageFailure | null = null
  oncomplete: Handler
  onabort: Handler
  onerror: Handler

  protected completed(): void {
    this.happened('complete', this.oncomplete, happening('complete', this))
  }

  protected aborted(): void {
    this.happened('abort', this.onabort, happening('abort', this))
  }

  protected failed(asked: Asked): void {
    this.happened('error', this.onerror, happening('error', asked))
  }
}

/** The one that makes the tables. */
class Upgrading extends Transacting {
  end(error?: StorageFailure): void {
    this.error = error ?? null
    if (error) this.aborted()
    else this.completed()
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

/** One of an origin's databases, with who uses it. */
export class DatabaseOnDisk {
  readonly disk = new Disk()
  readonly queue = new StorageQueue()

  constructor(readonly name: string) {}
}

/** Transactions of one database, one after the other. */
class StorageQueue {
  private readonly waiting: OpenTransaction[] = []
  private current: OpenTransaction | undefined
  readonly connections = new Set<Connection>()
  /** Begun, and not here yet. */
  readonly coming = new Set<OpenTransaction>()

  enter(tx: OpenTransaction): void {
    this.waiting.push(tx)
    this.next()
  }

  leave(tx: OpenTransaction): void {
    this.coming.delete(tx)
    const index = this.waiting.indexOf(tx)
    if (index >= 0) this.waiting.splice(index, 1)
    if (this.current !== tx) return
    this.current = undefined
    this.next()
  }

  busyWith(realm: Realm): boolean {
    return [this.current, ...this.waiting, ...this.coming].some((tx) => tx?.realm === realm)
  }

  private next(): void {
    if (this.current) return
    this.current = this.waiting.shift()
    void this.current?.run()
  }
}

export function factoryOf(realm: Realm) {
  const ask = (work: (asked: Asked) => Promise<unknown>): Asked => {
    const asked = new Asked()
    work(asked).then(
      (result) => realm.enter(() => asked.resolve(result)),
      (error) => realm.enter(() => asked.reject(error)),
    )
    return asked
  }
  return {
    open: (name: string, version?: number) =>
      ask((asked) => openDatabase(realm, realm.sim.database(name), version, asked)),
    databases: async () => realm.sim.databasesOnDisk(),
    deleteDatabase: (name: string) => ask(() => deleteDatabase(realm, realm.sim.database(name))),
  }
}

async function openDatabase(
  realm: Realm,
  database: DatabaseOnDisk,
  wanted: number | undefined,
  asked: Asked,
): Promise<Connection> {
  await realm.effect('open', () => undefined)
  const { disk } = database
  const version = wanted ?? Math.max(1, disk.version)
  if (version < disk.version) throw new StorageFailure('VersionError', 'the database is of a later version')
  if (version > disk.version) upgrade(realm, database, version, asked)
  return new Connection(realm, database)
}

function upgrade(realm: Realm, database: DatabaseOnDisk, version: number, asked: Asked): void {
  const { disk } = database
  const oldVersion = disk.version
  cutOthers(database, oldVersion, version)
  const made: string[] = []
  const upgrading = new Upgrading()
  asked.transaction = upgrading
  asked.result = {
    name: database.name,
    version,
    ...tablesOf(disk),
    createObjectStore(name: string) {
      if (disk.tables.has(name)) throw new StorageFailure('ConstraintError', `there is a table ${name} already`)
      disk.tables.set(name, [])
      made.push(name)
    },
    close: () => undefined,
  }
  try {
    asked.upgrade(oldVersion, version)
  } catch (error) {
    for (const name of made) disk.tables.delete(name)
    const failure = new StorageFailure('AbortError', `the upgrade failed: ${String(error)}`)
    upgrading.end(failure)
    throw failure
  }
  upgrading.end()
  asked.transaction = null
  disk.version = version
  // Who runs an earlier version cannot even settle what it has in a request.
  if (oldVersion === 0) return
  for (const other of realm.sim.realms) if (other !== realm) other.disturb(Number.POSITIVE_INFINITY)
}

function cutOthers({ queue }: DatabaseOnDisk, oldVersion: number, newVersion: number | null): void {
  const others = [...queue.connections]
  for (const other of others) {
    other.realm.enter(() => other.inTheWay(oldVersion, newVersion))
  }
  // A connection that does not close is closed with its context in the end; here it is simply cut.
  for (const other of [...queue.connections]) other.cut()
}

async function deleteDatabase(realm: Realm, database: DatabaseOnDisk): Promise<void> {
  await realm.effect('open', () => undefined)
  const { disk } = database
  cutOthers(database, disk.version, null)
  disk.version = 0
  disk.tables.clear()
}

const tablesOf = ({ tables }: Disk) => ({ objectStoreNames: { contains: (name: string) => tables.has(name) } })

export class Connection extends Target {
  closed = false
  onversionchange: Handler
  onclose: Handler
  readonly name: string
  readonly version: number
  readonly objectStoreNames

  constructor(
    readonly realm: Realm,
    readonly database: DatabaseOnDisk,
  ) {
    super()
    this.name = database.name
    this.version = database.disk.version
    this.objectStoreNames = tablesOf(database.disk).objectStoreNames
    database.queue.connections.add(this)
    realm.atDeath(() => this.close())
  }

  close(): void {
    this.closed = true
    this.database.queue.connections.delete(this)
  }

  /** Closed by the browser, not by its owner. */
  cut(): void {
    this.close()
    this.realm.enter(() => this.happened('close', this.onclose, happening('close', this)))
  }

  /** Another version, or a deletion, waits for it to close. */
  inTheWay(oldVersion: number, newVersion: number | null): void {
    const event = happening('versionchange', this, { oldVersion, newVersion })
    this.happened('versionchange', this.onversionchange, event)
  }

  transaction(tables: string | string[], mode: 'readonly' | 'readwrite' = 'readonly'): OpenTransaction {
    if (this.closed) throw new StorageFailure('InvalidStateError', 'the connection is closed')
    const missing = [tables].flat().find((table) => !this.database.disk.tables.has(table))
    if (missing !== undefined) throw new StorageFailure('NotFoundError', `there is no table ${missing}`)
    const { sim } = this.realm
    const overrun = sim.time.overrun(this.realm.name)
    sim.oracle.hold({ context: this.realm.name, overrun }, endlessTransactions)
    if (overrun) this.realm.kill()
    return new OpenTransaction(this.realm, this, [tables].flat(), mode)
  }
}

interface Request {
  work(): unknown
  asked: Asked
}

export class OpenTransaction extends Transacting {
  private ended = false
  /** Since when it has had no answer, and how late its context's timers had been by then, in ms. */
  private hungAt = 0
  private lateBy = 0
  private closing = false
  private readonly requests: Request[] = []
  private readonly changes: Change[] = []
  private readonly stores = new Map<string, Rows>()
  private readonly survive: () => void

  constructor(
    readonly realm: Realm,
    private readonly connection: Connection,
    private readonly tables: string[],
    private readonly mode: 'readonly' | 'readwrite',
  ) {
    super()
    this.survive = realm.atDeath(() => this.rollBack())
    const { pageDiskMs = 0 } = realm.sim.world
    const { queue } = connection.database
    queue.coming.add(this)
    const enter = () => void (queue.coming.delete(this) && queue.enter(this))
    if (realm.who === 'page' && pageDiskMs > 0) realm.sim.time.after(pageDiskMs, enter)
    else enter()
  }

  objectStore(table: string): Rows {
    if (!this.tables.includes(table)) throw new StorageFailure('NotFoundError', `${table} is not in the transaction`)
    const known = this.stores.get(table)
    if (known) return known
    const rows = new Rows(this, table)
    this.stores.set(table, rows)
    return rows
  }

  get disk(): Disk {
    return this.connection.database.disk
  }

  /** Nothing more will be asked. */
  commit(): void {
    this.closing = true
  }

  abort(): void {
    // Whoever gives it up does not know what became of it.
    this.realm.disturb()
    if (this.ended) throw new StorageFailure('InvalidStateError', 'the transaction has ended')
    this.fail(null)
  }

  async run(): Promise<void> {
    const { realm } = this
    try {
      const late = realm.meet('tx.start')
      if (realm.dead) return
      if (late?.what === 'hang') return this.hang()
      const waits = late?.what === 'slow' ? late.ms : 0
      if (waits > 0 || realm.frozen) await new Promise<void>((go) => void realm.later(waits, go))
      if (late?.what === 'fail') throw new StorageFailure('UnknownError', 'the transaction failed')
      for (let request = await this.nextRequest(); request; request = await this.nextRequest()) {
        const fault = realm.meet('tx.request')
        if (realm.dead) return
        if (fault?.what === 'hang') {
          this.requests.unshift(request)
          return this.hang()
        }
        if (fault?.what === 'slow') await new Promise<void>((go) => void realm.later(fault.ms, go))
        if (this.ended || realm.dead) return
        let result: unknown
        try {
          if (fault?.what === 'fail') throw new StorageFailure('UnknownError', 'the request failed')
          result = request.work()
        } catch (error) {
          request.asked.reject(error)
          this.failed(request.asked)
          throw error
        }
        // A handler that throws aborts the transaction.
        request.asked.resolve(result)
      }
      if (!this.ended) await this.complete()
    } catch (error) {
      realm.disturb()
      this.fail(error instanceof StorageFailure ? error : new StorageFailure('UnknownError', String(error)))
    }
  }

  /** It gets no answer from now on, and neither do those that wait for its end. */
  private hang(): void {
    const { realm } = this
    this.hungAt = realm.sim.time.elapsed
    this.lateBy = realm.lateBy
    realm.sim.hung.add(this)
  }

  /** For how long it has had no answer while its context's timers ran, and whether a host has to give it up. */
  silence(): { tookMs: number; ofHost: boolean } {
    const { realm, hungAt, lateBy, tables } = this
    const tookMs = realm.sim.time.elapsed - hungAt - (realm.lateBy - lateBy)
    return { tookMs, ofHost: tables.length > TABLES_OF_FIRST_CODE }
  }

  /** Nothing when the work has come to its end: a transaction commits when nobody asks anything more of it. */
  private async nextRequest(): Promise<Request | undefined> {
    for (let tick = 0; tick < IDLE_TICKS && !this.closing && this.requests.length === 0 && !this.ended; tick++)
      await undefined
    return !this.ended ? this.requests.shift() : undefined
  }

  private async complete(): Promise<void> {
    const { realm, changes } = this
    const { faults } = realm.sim
    const { disk } = this.connection.database
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
    if (changes.length > 0 && disk === realm.sim.disk) realm.sim.committed(realm, changes)
    if (fault?.what === 'lost') {
      realm.disturb()
      this.connection.close()
      this.error = new StorageFailure('UnknownError', 'the connection was lost')
      this.aborted()
    } else {
      const told = realm.meet('tx.done')
      const tell = () => this.completed()
      if (told?.what === 'slow') realm.later(told.ms, tell)
      else if (told?.what !== 'hang' && !realm.dead) realm.enter(tell)
    }
    this.connection.database.queue.leave(this)
  }

  request(work: () => unknown): Asked {
    const asked = new Asked(this)
    if (this.realm.dead) return asked
    if (this.ended) {
      const { error, realm } = this
      realm.sim.oracle.hold({ context: realm.name, failed: error !== null }, transactions)
      throw error ?? new StorageFailure('TransactionInactiveError', 'the transaction has ended')
    }
    this.requests.push({ work, asked })
    return asked
  }

  write(table: string, key: DiskKey, value: unknown): void {
    if (this.mode === 'readonly') throw new StorageFailure('ReadOnlyError', 'the transaction may only read')
    const change = this.connection.database.disk.set(table, key, value)
    if (change) this.changes.push(change)
  }

  private fail(error: StorageFailure | null): void {
    if (this.ended) return
    this.error = error
    const reason = error ?? new StorageFailure('AbortError', 'the transaction was aborted')
    for (const { asked } of this.requests.splice(0)) asked.reject(reason)
    this.rollBack()
    this.aborted()
  }

  private rollBack(): void {
    if (this.ended) return
    this.ended = true
    this.survive()
    const { sim } = this.realm
    if (sim.hung.delete(this)) sim.hinderDisk()
    const { disk, queue } = this.connection.database
    disk.undo(this.changes)
    queue.leave(this)
  }
}

/** One table, as a transaction sees it. */
class Rows {
  constructor(
    readonly transaction: OpenTransaction,
    readonly name: string,
  ) {}

  count(query?: Query): Asked {
    return this.transaction.request(() => this.found(query).length)
  }

  get(key: DiskKey | string): Asked {
    return this.transaction.request(() => copy(this.transaction.disk.get(this.name, keyOf(key))))
  }

  put(value: unknown, key: DiskKey | string): Asked {
    // A clone is made at once, whatever the caller does to its object afterwards.
    const stored = copy(value)
    return this.transaction.request(() => {
      this.transaction.write(this.name, keyOf(key), stored)
      return key
    })
  }

  delete(query: Query): Asked {
    return this.transaction.request(() => {
      if (!isRange(query)) return this.transaction.write(this.name, keyOf(query as DiskKey), undefined)
      for (const row of this.found(query)) this.transaction.write(this.name, row.key, undefined)
    })
  }

  clear(): Asked {
    return this.transaction.request(() => {
      for (const row of this.found(undefined)) this.transaction.write(this.name, row.key, undefined)
    })
  }

  getAllKeys(query?: Query, limit?: number): Asked {
    return this.transaction.request(() => this.found(query, limit).map(({ key }) => key))
  }

  getAll(query?: Query, limit?: number): Asked {
    return this.transaction.request(() => this.found(query, limit).map(({ value }) => copy(value)))
  }

  private found(query: Query, limit?: number) {
    return this.transaction.disk.within(this.name, rangeOf(query), limit)
  }
}

/** What a request is about: a key, a range of them, or all. */
type Query = DiskKey | string | Range | null | undefined

/** Before any other key of the library's. */
const FIRST: DiskKey = []

const keyOf = (key: DiskKey | string): DiskKey => (typeof key === 'string' ? [key] : key)

const isRange = (query: Query): query is Range => typeof query === 'object' && query !== null && 'lo' in query

function rangeOf(query: Query): Range {
  if (isRange(query)) return query
  return query === undefined || query === null ? keyRange.lowerBound(FIRST) : keyRange.only(query)
}

export const keyRange = {
  bound: (lo: DiskKey, hi: DiskKey, loOpen = false, hiOpen = false): Range => ({ lo, hi, loOpen, hiOpen }),
  only: (key: DiskKey | string): Range => keyRange.bound(keyOf(key), keyOf(key)),
  lowerBound: (lo: DiskKey, loOpen = false): Range => ({ lo, hi: undefined, loOpen, hiOpen: false }),
  upperBound: (hi: DiskKey, hiOpen = false): Range => keyRange.bound(FIRST, hi, false, hiOpen),
}

/** What `idb` tells apart what it is given by. The library uses no index and no cursor. */
export const STORAGE_CLASSES = {
  IDBDatabase: Connection,
  IDBTransaction: Transacting,
  IDBObjectStore: Rows,
  IDBRequest: Asked,
  IDBIndex: class {},
  IDBCursor: class {},
}
