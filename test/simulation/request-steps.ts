/** Steps about requests (`outlast/relay`), and what their pages say to `relay`. */

import type { RelayOptions } from '../../src/page/relay/types'
import type { Answer } from './answers'

/** What pages say to `relay`, and what the hosts are like. */
export interface RelayWorld {
  hosts: string[]
  /** Without hooks, which `page-relay.ts` adds. */
  options: Pick<RelayOptions, (typeof RELAY_OPTIONS)[number]>
  /** Of this status `isDelivered` says that it means delivered too. */
  takesStatus: number | undefined
}

const RELAY_OPTIONS = [
  'name',
  'maxAge',
  'maxQueueSize',
  'maxQueueBytes',
  'maxRetries',
  'requestTimeout',
  'retryInitialBackoff',
  'retryMaxBackoff',
  'compress',
  'storedHeaders',
] as const

/** A request as a page makes it. */
export interface RequestToSend {
  /** Which host of the relay it goes to; -1 is one that the relay does not name. */
  host: number
  method: 'POST' | 'PUT' | 'GET'
  body: 'none' | 'text' | 'bytes'
  size: number
  /** What `dedupe` gives. */
  key?: string
  /** `secret` may be kept for `SECRET_MS`, `forbidden` may not be stored. */
  header?: 'secret' | 'forbidden' | 'type'
  credentials: 'omit' | 'same-origin' | 'include'
  /** `beforeSend` drops it. */
  unwanted?: boolean
}

export type RequestStep =
  | { do: 'send'; tab: number; request: RequestToSend }
  | { do: 'relay stats' | 'relay flush'; tab: number }
  | { do: 'relay erase' | 'relay refuse' | 'relay consent'; tab: number }
  | { do: 'host weather' | 'host answer'; host: number; answer: Answer }

/** For so many ms the header `SECRET` may be stored. */
export const SECRET_MS = 3_600_000
export const SECRET = 'x-api-key'
