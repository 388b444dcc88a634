import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import { databaseContract } from '../../test/support/core/database.contract'
import { queueContract } from '../../test/support/core/queue.contract'
import { type Database, StorageError } from '../core/base/ports'
import { ANSWER_LIMIT_MS } from './answer-limit'
import { idbDatabase } from './idb-database'
import { DATABASE_NAME, OPEN_TIMEOUT_MS, openDatabase, STORES } from './open-database'
import { openWithIdb } from './open-with-idb'

const names: string[] = []
const open: Database[] = []

const newName = () => {
  const name = `outlast-test-${crypto.randomUUID()}`
  names.push(name)
  return name
}

const make = (name = newName()) => {
  const database = idbDatabase(name)
  open.push(database)
  return database
}

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const database of open.splice(0)) database.close()
  for (const name of names.splice(0)) indexedDB.deleteDatabase(name)
})

databaseContract('IndexedDB', () => make())
queueContract('IndexedDB', () => make())

const put = (db: Database, key: string) => db.transact('readwrite', async (tx) => tx.put('chunks', [key], key))
const count = async (db: Database) => (await db.transact('readonly', (tx) => tx.list('chunks', []))).length

test('what one connection committed another one sees', async () => {
  const name = newName()
  await put(make(name), 'a')
  expect(await count(make(name))).toBe(1)
})

test('a later version is not held up, and this one reports a StorageError, not a crash', async () => {
  const name = newName()
  const db = make(name)
  await put(db, 'a')
  const later = await openDB(name, 99, {
    upgrade(upgraded) {
      upgraded.createObjectStore('something else')
    },
  })
  const failed = await put(db, 'b').catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(StorageError)
  expect(failed).toMatchObject({ reason: 'unavailable' })
  expect(await later.count('chunks')).toBe(1)
  later.close()
})

test('a deleted database is not held up, and a new one is made', async () => {
  const name = newName()
  const db = make(name)
  await put(db, 'a')
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = resolve
    request.onerror = reject
    request.onblocked = () => reject(new Error('blocked'))
  })
  await put(db, 'b')
  expect(await count(db)).toBe(1)
})

test('a connection that was lost without a word is opened anew', async () => {
  const db = make()
  await put(db, 'a')
  const { transaction } = IDBDatabase.prototype
  let failures = 1
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    if (failures-- > 0) throw new DOMException('Connection to Indexed Database server lost', 'UnknownError')
    return transaction.apply(this, args)
  })
  await put(db, 'b')
  expect(await count(db)).toBe(2)
})

test('P5: a connection that ends because the database is being deleted, and an opening that is aborted for it, fail nothing', async () => {
  const name = newName()
  const db = make(name)
  await put(db, 'a')
  const { transaction } = IDBDatabase.prototype
  const lost = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('The connection was closed.', 'UnknownError')
  })
  lost.mockImplementation(transaction)
  const { open } = IDBFactory.prototype
  let opened = 0
  // What opens a database of another name has the browser begin a new log.
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation((asked, version) => {
    if (asked !== name || ++opened > 1) return open.call(indexedDB, asked, version)
    const request = open.call(indexedDB, newName())
    // After the listener that makes the tables.
    queueMicrotask(() => request.addEventListener('upgradeneeded', () => request.transaction?.abort()))
    return request
  })
  await put(db, 'b')
  expect(await count(db)).toBe(2)
  expect(opened).toBe(2)
})

test('storage that fails again and again is a StorageError', async () => {
  const db = make()
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('lost', 'InvalidStateError')
  })
  await expect(put(db, 'a')).rejects.toMatchObject({ name: 'StorageError', reason: 'unavailable' })
})

test('a database that cannot be opened is a StorageError, and is tried again', async () => {
  const db = make()
  const refuse = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('private window', 'SecurityError')
  })
  await expect(put(db, 'a')).rejects.toMatchObject({ name: 'StorageError', reason: 'unavailable' })
  refuse.mockRestore()
  await put(db, 'a')
  expect(await count(db)).toBe(1)
})

test('P7: a used-up quota is a StorageError that says so, and nothing of the transaction stays', async () => {
  const db = make()
  await put(db, 'a')
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('', 'QuotaExceededError')
  })
  const failed = db.transact('readwrite', async (tx) => {
    tx.delete('chunks', ['a'])
    tx.put('chunks', ['b'], 1)
  })
  await expect(failed).rejects.toMatchObject({ name: 'StorageError', reason: 'full' })
  full.mockRestore()
  expect(await count(db)).toBe(1)
})

test('P7: a full disk keeps a reserve to be drained with, and nothing is added to the queue without it', async () => {
  const db = make()
  await put(db, 'a')
  const { put: original, delete: remove } = IDBObjectStore.prototype
  let isFree = false
  vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: IDBObjectStore, key) {
    isFree ||= this.name === 'reserve'
    return remove.call(this, key)
  })
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (!isFree || this.name === 'reserve') throw new DOMException('', 'QuotaExceededError')
    return original.apply(this, args)
  })
  await expect(put(db, 'b')).rejects.toMatchObject({ reason: 'full' })
  expect(isFree).toBe(false)
  await db.transact('drain', async (tx) => tx.put('batches', ['b'], 1))
  expect(isFree).toBe(true)
  await expect(put(db, 'c')).rejects.toMatchObject({ reason: 'full' })
  full.mockRestore()
  await put(db, 'c')
  expect(await count(db)).toBe(2)
})

test('a quota that shows only at the commit is a StorageError that says so', async () => {
  const db = make()
  await put(db, 'a')
  const full = vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (this: IDBTransaction) {
    Object.defineProperty(this, 'error', { get: () => new DOMException('full', 'QuotaExceededError') })
    this.abort()
  })
  await expect(put(db, 'b')).rejects.toMatchObject({ name: 'StorageError', reason: 'full' })
  full.mockRestore()
  expect(await count(db)).toBe(1)
})

test("a page's first code makes the very tables that a host makes, and either opens what the other has made", async () => {
  names.push(DATABASE_NAME)
  const name = newName()
  await put(make(name), 'a')
  const host = await openDB(name)
  const page = await openDatabase(
    () => undefined,
    () => undefined,
  )
  expect([page.version, [...page.objectStoreNames]]).toEqual([host.version, [...host.objectStoreNames]])
  expect([...page.objectStoreNames].sort()).toEqual([...STORES].sort())
  page.close()
  host.close()
  await put(make(DATABASE_NAME), 'a')
  expect(await count(make(DATABASE_NAME))).toBe(1)
})

test('an opening that an earlier version holds up is given up, and says so', async () => {
  const name = newName()
  const earlier = await openDB(name, 1)
  const { setTimeout: realTimeout } = globalThis
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const onClosed = vi.fn()
  const opening = openWithIdb(name, { onClosed, onUpgrade: vi.fn() }).catch((error: unknown) => error)
  // The browser tells the earlier one first, and then that it is in the way.
  await new Promise((resolve) => realTimeout(resolve, 500))
  vi.advanceTimersByTime(5_000)
  vi.useRealTimers()
  expect(await opening).toMatchObject({ message: expect.stringContaining('a tab with an earlier version keeps it') })
  // The connection that came too late holds up nothing.
  earlier.close()
  await put(make(name), 'a')
  expect(onClosed).not.toHaveBeenCalled()
})

/** Lets time pass for the library, and not for the browser. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

const holdTime = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })

test('P6: a request that is never answered is given up with its transaction, and nothing waits behind it', async () => {
  const name = newName()
  const db = make(name)
  await put(db, 'a')
  holdTime()
  const mute = vi.spyOn(IDBRequest.prototype, 'addEventListener').mockImplementation(() => undefined)
  const failed = db
    .transact('drain', async (tx) => {
      tx.put('chunks', ['b'], 'b')
      await tx.get('chunks', ['a'])
    })
    .catch((error: unknown) => error)
  await vi.waitFor(() => expect(mute).toHaveBeenCalled())
  await pass(ANSWER_LIMIT_MS)
  expect(await failed).toMatchObject({ name: 'StorageError', reason: 'silent' })
  mute.mockRestore()
  vi.useRealTimers()
  await put(db, 'c')
  expect(await count(make(name))).toBeGreaterThanOrEqual(2)
})

test('P4, P6: a transaction that never says that it is committed is given up, and what is repeated finds it', async () => {
  const db = make()
  await put(db, 'a')
  holdTime()
  const mute = vi.spyOn(IDBTransaction.prototype, 'addEventListener').mockImplementation(() => undefined)
  const commit = vi.spyOn(IDBTransaction.prototype, 'commit')
  const failed = db.transact('drain', async (tx) => tx.put('chunks', ['b'], 'b')).catch((error: unknown) => error)
  await vi.waitFor(() => expect(commit).toHaveBeenCalled())
  // The write's own answer came: the limit begins with the next look.
  await pass(ANSWER_LIMIT_MS * 1.2)
  expect(await failed).toMatchObject({ name: 'StorageError', reason: 'silent' })
  mute.mockRestore()
  vi.useRealTimers()
  expect(await count(db)).toBe(2)
})

test('a transaction of many answers may take as long as it needs', async () => {
  const db = make()
  await put(db, 'a')
  holdTime()
  const found = await db.transact('readonly', async (tx) => {
    for (let times = 3; times > 0; times--) {
      await tx.get('chunks', ['a'])
      vi.advanceTimersByTime(ANSWER_LIMIT_MS - 1)
    }
    return tx.get('chunks', ['a'])
  })
  vi.useRealTimers()
  expect(found).toBe('a')
})

test('P6: an open that is never answered is given up twice, and the disk is asked anew the next time', async () => {
  const name = newName()
  await put(make(name), 'a')
  holdTime()
  const mute = vi.spyOn(IDBRequest.prototype, 'addEventListener').mockImplementation(() => undefined)
  const opening = vi.spyOn(IDBFactory.prototype, 'open')
  const failed = put(make(name), 'b').catch((error: unknown) => error)
  await pass(OPEN_TIMEOUT_MS)
  await pass(OPEN_TIMEOUT_MS)
  expect(await failed).toMatchObject({ name: 'StorageError', message: expect.stringContaining('takes too long') })
  // What opens a database of another name has the browser begin a new log.
  expect(opening.mock.calls.filter(([asked]) => asked === name)).toHaveLength(2)
  mute.mockRestore()
  vi.useRealTimers()
  await put(make(name), 'c')
})

test('a write that fails is what the transaction fails for, and no rejection is left unhandled', async () => {
  const db = make()
  await put(db, 'a')
  const unhandled = vi.fn((event: PromiseRejectionEvent) => event.preventDefault())
  addEventListener('unhandledrejection', unhandled)
  const { put: original, add } = IDBObjectStore.prototype
  const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    // A key that is there already: the request fails, as it would for want of room.
    original.apply(this, args)
    return add.apply(this, args)
  })
  const failed = await put(db, 'b').catch((error: unknown) => error)
  failing.mockRestore()
  expect(failed).toMatchObject({ name: 'StorageError', message: expect.stringContaining('ConstraintError') })
  await new Promise((resolve) => setTimeout(resolve, 50))
  removeEventListener('unhandledrejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
  expect(await count(db)).toBe(1)
})

test('a defect in the work comes through as it is', async () => {
  const db = make()
  const failed = db.transact('readwrite', async () => {
    throw new RangeError('a defect')
  })
  await expect(failed).rejects.toBeInstanceOf(RangeError)
})
