/** The ports: the effects that the transport needs, as small interfaces. The core causes no other effects. */

import type { Report } from './reports'

/** A moment: milliseconds since the Unix epoch, as `Date.now()` gives them. A duration is a plain `number`. */
export type Millis = number

export interface Clock {
  /** Wall-clock time. It may jump either way. */
  now(): Millis
  /** A timer of `ms`, at most one day (`MAX_DELAY`). After `cancel`, `done` stays pending for good. */
  timer(ms: number): { done: Promise<void>; cancel(): void }
}

/** A number in [0, 1). */
export type Random = () => number

/** A new UUIDv7 in canonical lower case. */
export type NewId = () => string

/** An HTTP request. Its body is a string until it is compressed. */
export interface WireRequest {
  /** Default `POST`. */
  method?: string
  url: string
  headers: Record<string, string>
  /** Absent in a relay's request without a body. */
  body?: string | Uint8Array
  /** The body is the base64 of what is to be sent. */
  base64?: boolean
  /** As `fetch` has it. Default `same-origin`. */
  credentials?: Credentials
}

export type Credentials = 'omit' | 'same-origin' | 'include'

export type SendOutcome =
  /** `body`: of a success, where it was asked for; of a refusal, the server's own words, where they come in time. */
  | { kind: 'reply'; status: number; retryAfter: string | null; body: string }
  /** The 2xx answer arrived, but its body was longer than `MAX_REPLY_BYTES`. */
  | { kind: 'reply_too_long'; status: number }
  | { kind: 'timeout' }
  /**
   * No answer: offline, DNS, refused, reset, CORS. `forbidden`: the site's own policy blocks the request, until the
   * site changes it. `instant`: it failed at once, though the device is online: before any network could have been
   * asked.
   */
  | { kind: 'unreachable'; detail: string; forbidden?: true; instant?: boolean }
  /** The answer is not an endpoint's: a page, or the place to which a redirect led without the events. */
  | { kind: 'not_taken'; detail: string }

/** The part of the platform's `AbortSignal` that the core and its senders use. */
export interface AbortSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void
}

export interface SendOptions {
  timeoutMs: number
  /** Whether the body of the answer is needed. */
  readBody: boolean
  /** Makes the same request without an event, to find out where a redirect leads and what it does to a POST. */
  empty?: () => Promise<WireRequest>
  /** A page is an answer too: nothing is known of the endpoint but its address. */
  takesPages?: boolean
  /** Ends the request as `unreachable` once it is aborted. */
  signal?: AbortSignal
}

export interface Sender {
  /** Makes a request. Never rejects. */
  send(request: WireRequest, options: SendOptions): Promise<SendOutcome>
}

export type Encoding = 'gzip' | 'deflate'

/** Resolves with the compressed bytes, or with `undefined` if there can be none: then the text is sent uncompressed. */
export type Compressor = (text: string, encoding: Encoding) => Promise<Uint8Array | undefined>

export interface Locks {
  /**
   * Takes the named lock and resolves with its release, or with `undefined` where locks do not exist.
   *
   * @param signal ends the wait, also for the browser: one that grants the lock to a page in the back/forward cache
   * drops that page
   */
  acquire(name: string, signal: AbortSignal): Promise<(() => void) | undefined>
  /** The names of all locks that are held in this origin now, or `undefined` where there are no Web Locks. */
  held(): Promise<ReadonlySet<string> | undefined>
}

/** Gets every report of what happens to events. Must not throw. */
export type Reporter = (report: Report) => void

/** A key in a table. Keys are ordered as in IndexedDB: element by element, numbers before strings. */
export type Key = readonly (string | number)[]

export type Table =
  | 'queues'
  | 'producers'
  | 'chunks'
  | 'batches'
  | 'bodies'
  | 'schedule'
  | 'aside'
  /** Handovers that pages wrote themselves, by `[queue, producer, seq]`. */
  | 'journal'
  /** Decisions of persons and sites, by `[queue]`; see `rules.ts`. */
  | 'rules'

export interface Row {
  key: Key
  value: unknown
}

/**
 * An open transaction. Await only calls of this transaction in it: IndexedDB commits as soon as no call is open. Calls
 * are executed in their order. Writes give no result: a write that fails makes the transaction fail.
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

/** `drain` is a `readwrite` that leaves less stored than before, so on a full disk it may use the reserve. */
export type TransactMode = 'readonly' | 'readwrite' | 'drain'

/**
 * A transactional key-value store. `transact` resolves once everything in `work` is committed. It rejects with a
 * `StorageError` when nothing of `work` is, or when that cannot be known: work that is repeated then finds what it did.
 */
export interface Database {
  readonly durable: boolean
  /** Losses of the storage itself that this context has found, in words. */
  readonly loss?: string | undefined
  transact<T>(mode: TransactMode, work: (tx: Transaction) => Promise<T>): Promise<T>
  close(): void
}

/**
 * Why a transaction failed: `full` is the browser's quota; `silent`, that there was no answer in time, so that it may
 * be committed after all; `unavailable` is any other failure, lasting or not.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  constructor(
    readonly reason: 'full' | 'silent' | 'unavailable',
    detail: string,
  ) {
    super(detail)
  }
}
