/** The effects that the transport needs, one small interface each. The core calls nothing else. */

import type { Report } from './reports'

/** Milliseconds since the Unix epoch, as `Date.now()` gives them. */
export type Millis = number

export interface Clock {
  /** Wall-clock time. It may jump either way. */
  now(): Millis
  /** A timer. `ms` is at most one day (`MAX_DELAY`). `cancel` leaves `done` pending for good. */
  timer(ms: number): { done: Promise<void>; cancel(): void }
}

/** A number in [0, 1). */
export type Random = () => number

/** A new UUIDv7 in canonical lower case. */
export type NewId = () => string

/** An HTTP request as the wire made it: a string until it is compressed. */
export interface WireRequest {
  url: string
  headers: Record<string, string>
  body: string | Uint8Array
}

export type SendOutcome =
  | { kind: 'reply'; status: number; retryAfter: string | null; body: string }
  /** The 2xx answer arrived, but its body was longer than `MAX_REPLY_BYTES`. */
  | { kind: 'reply_too_long'; status: number }
  | { kind: 'timeout' }
  /** Nothing came back: offline, DNS, refused, reset, CORS. `forbidden`: by the site itself, until it changes that. */
  | { kind: 'unreachable'; detail: string; forbidden?: true }
  /** Something answered that takes no events: a page, or a place that a redirect led to without them. */
  | { kind: 'not_taken'; detail: string }

export interface Sender {
  /**
   * `outcome` never rejects. `abort` ends it as `unreachable`. `readBody`: whether the answer's body matters. `empty`
   * makes the same request without an event, to find out with where a redirect leads and how.
   */
  send(
    request: WireRequest,
    options: { timeoutMs: number; readBody: boolean; empty?: () => Promise<WireRequest> },
  ): {
    outcome: Promise<SendOutcome>
    abort(): void
  }
}

export type Encoding = 'gzip' | 'deflate'

/** Resolves with the compressed bytes, or `undefined` where they cannot be made: the text then goes as it is. */
export type Compressor = (text: string, encoding: Encoding) => Promise<Uint8Array | undefined>

export interface Locks {
  /** Takes the named lock and resolves with its release, or with `undefined` where locks do not exist. */
  acquire(name: string): Promise<(() => void) | undefined>
  /** The names that are held now anywhere in this origin, or `undefined` where nobody can know. */
  held(): Promise<ReadonlySet<string> | undefined>
}

/** Told of everything that happens to events. Must not throw. */
export type Reporter = (report: Report) => void

/** A key in a table. Compared as IndexedDB compares keys: arrays element by element, numbers before strings. */
export type Key = readonly (string | number)[]

export type Table =
  | 'queues'
  | 'producers'
  | 'chunks'
  | 'batches'
  | 'bodies'
  | 'schedule'
  | 'aside'
  /** Handovers that pages wrote themselves: `[queue, producer, seq]`. */
  | 'journal'
  /** What pages and hosts of a queue have to obey: `[queue]`, see `rules.ts`. */
  | 'rules'

export interface Row {
  key: Key
  value: unknown
}

/**
 * One open transaction. Await nothing but these calls inside it: IndexedDB commits when it has nothing to do. What is
 * asked of it is done in that order. Writes have no answer: one that fails, fails the transaction.
 */
export interface Transaction {
  get(table: Table, key: Key): Promise<unknown>
  put(table: Table, key: Key, value: unknown): void
  delete(table: Table, key: Key): void
  /** Deletes every row whose key starts with `prefix`, up to and including `last` where it is given. */
  deleteRange(table: Table, prefix: Key, last?: Key): void
  /** Rows whose key starts with `prefix` in key order, at most `limit` of them. */
  list(table: Table, prefix: Key, options?: { limit?: number }): Promise<Row[]>
}

/** `drain` writes too, and leaves room in the end: it may use what is kept free for it once the disk is full. */
export type TransactMode = 'readonly' | 'readwrite' | 'drain'

/**
 * The tables that a transaction may use: `journal` alone, or all the others. A page's own write to the journal is what
 * makes an event safe, and has to wait for no work on a queue.
 */
export type Scope = 'queue' | 'journal'

/**
 * A transactional key-value store. `transact` resolves once everything in `work` is committed, and rejects with a
 * `StorageError` when nothing of it is.
 */
export interface Database {
  readonly durable: boolean
  /** What this context has found of earlier losses of the storage itself, in words. */
  readonly loss?: string | undefined
  transact<T>(mode: TransactMode, work: (tx: Transaction) => Promise<T>, scope?: Scope): Promise<T>
  close(): void
}

/** Why a transaction failed: `full` is the browser's quota, `unavailable` anything that may pass or never will. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  constructor(
    readonly reason: 'full' | 'unavailable',
    detail: string,
  ) {
    super(detail)
  }
}
