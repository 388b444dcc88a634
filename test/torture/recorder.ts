/** What the pages of a round told, and what was done to them, kept outside the browser. */

import type { Page } from 'playwright'
import type { Choice } from './consent'

type Told =
  | { type: 'captured'; uuids: string[]; at: number; age: number }
  | { type: 'wrote'; since: number }
  | { type: 'acknowledged'; uuids: string[] }
  | { type: 'dropped'; uuids: string[]; reason: string; detail: string }
  | { type: 'requested'; id: string; body: string }
  | { type: 'request answered'; id: string; status: number; reason: string; storage: string | null }
  | { type: 'request dropped'; reason: string; detail: string; uuids: string[] }
  | { type: 'error'; text: string }

/**
 * How long in ms an event must have been captured before its page is disturbed to be owed: the loss table aims at 60 in
 * all its rows, and the rest is for Playwright, which stops each page for a while, and for tabs that write at once.
 */
export const SAFE_MS = 250

/**
 * On a busy machine everything takes longer: how much is known from a write of the page's own, begun after the capture.
 * The library, which has more to do, in a database that tabs share, is given so many times what that took.
 */
const YARDSTICKS = 4

interface Capture {
  at: number
  /** The age of the page in ms. */
  age: number
  /** Until it was known here that the page itself could have had it written. */
  yardstickMs: number
  page: Page
}

export function createRecorder(safeMs: number = SAFE_MS) {
  /** Uuid to when and where. */
  const captures = new Map<string, Capture>()
  const acknowledged = new Set<string>()
  const dropped = new Map<string, string>()
  const ends = new Map<Page, { at: number; how: string }>()
  const choices: Choice[] = []
  const requests = { given: new Map<string, string>(), stored: new Set<string>(), refused: new Map<string, string>() }
  const errors: string[] = []

  return {
    /** Uuid to when, by the clock of all processes. */
    get captured() {
      return new Map([...captures].map(([uuid, { at }]) => [uuid, at] as const))
    },
    /** Committed to the queue, as some page knew. */
    acknowledged,
    /** Uuid to reason. */
    dropped,
    /** Of relays: see `FactsOfRequests`. */
    requests,
    /** What the person chose, in order. */
    choices,
    /** The page is about to be disturbed, for the first time: what it does afterwards is owed to nobody. */
    ends(page: Page, how: string, at: number) {
      if (!ends.has(page)) ends.set(page, { at, how })
    },
    /** Uuid to why: what was captured so long before anything happened to its page that it must have been safe. */
    get owed() {
      const owed = new Map<string, string>()
      for (const [uuid, { at, age, yardstickMs, page }] of captures) {
        const end = ends.get(page)
        const ms = end ? end.at - at : Number.POSITIVE_INFINITY
        if (ms <= Math.max(safeMs, yardstickMs * YARDSTICKS)) continue
        const facts = [`${ms} ms before ${end?.how ?? 'anything'}`, `age ${age} ms`, `yardstick ${yardstickMs} ms`]
        owed.set(uuid, facts.join(', ').replace(/\.\d+/g, ''))
      }
      return owed
    },
    /** @param error nothing here may fail unheard */
    fail: (error: unknown) => void errors.push(String(error)),
    tell(page: Page, message: Told) {
      switch (message.type) {
        case 'captured': {
          const { at, age } = message
          for (const uuid of message.uuids) {
            captures.set(uuid, { at, age, yardstickMs: Number.POSITIVE_INFINITY, page })
          }
          break
        }
        case 'wrote':
          for (const capture of captures.values()) {
            if (capture.page !== page || capture.at > message.since) continue
            capture.yardstickMs = Math.min(capture.yardstickMs, Date.now() - capture.at)
          }
          break
        case 'acknowledged':
          for (const uuid of message.uuids) acknowledged.add(uuid)
          break
        case 'dropped':
          for (const uuid of message.uuids) dropped.set(uuid, `${message.reason}: ${message.detail}`)
          break
        case 'requested':
          requests.given.set(message.id, message.body)
          break
        case 'request answered':
          if (message.status !== 202) requests.refused.set(message.id, message.reason)
          else if (message.storage === 'indexeddb') requests.stored.add(message.id)
          break
        case 'request dropped':
          for (const uuid of message.uuids) requests.refused.set(uuid, `${message.reason}: ${message.detail}`)
          break
        case 'error':
          errors.push(message.text)
          break
      }
    },
    /** What no fault excuses. */
    problems() {
      return [
        ...(captures.size === 0 ? ['nothing was captured'] : []),
        ...errors.map((text) => `an error in a page: ${text}`),
      ]
    },
  }
}

export type Recorder = ReturnType<typeof createRecorder>
