/**
 * The queues that a project has for other endpoints (the option `host`): a site that has moved, to a first-party proxy
 * for example, has a queue for the earlier endpoint on its visitors' devices. No page uses such a queue any more, so a
 * page of the same project takes care of it: the person's choice holds for that queue too, and its events are delivered
 * to its own endpoint.
 */

import type { Clock } from '../../core/base/ports'
import { asRecord } from '../../core/base/values'
import { chosen } from '../../core/queue/chosen'
import type { Handover } from '../../core/queue/handover'
import { parseRules, type Rules } from '../../core/queue/rules'
import { oneTransaction } from './one-transaction'
import { queuesBackedUp, recoverBackups } from './recover-backups'

/** While a queue of another endpoint has events, a host is woken for it after this many ms: no other page wakes one. */
const AGAIN_MS = 30_000

export interface Waiting {
  queue: string
  /** Whether a host knows how to deliver what is in the queue. */
  isConfigured: boolean
}

/** What the stored queues tell of the person's choice in the project, and of the events that are left. */
interface Found {
  /** This page's queue did not have the latest choice, and has it now. */
  isBehind: boolean
  /** The other queues that hold something. */
  waiting: Waiting[]
}

export interface EarlierHostsPorts {
  apiKey: string
  /** The name of this page's own queue. */
  own: string
  clock: Clock
  /** Writes handovers of a queue into the journal. */
  add(queue: string, handovers: Handover[]): Promise<unknown>
  /** The rules of this page's queue have changed on disk. */
  onBehind(): void
  /** Has the host work on another queue. */
  wake(waiting: Waiting): void
  /** Told of what cannot be read or moved now: a later look, or a later page, does it. */
  onFailure(error: unknown): void
}

export interface EarlierHosts {
  /**
   * Makes the project's latest choice that of all its queues. Resolves once it is on disk, or cannot be. Never rejects.
   */
  align(): Promise<void>
  /** Delivers what the other queues hold, until they are empty. Never rejects. */
  drain(): Promise<void>
  stop(): void
}

export function createEarlierHosts(ports: EarlierHostsPorts): EarlierHosts {
  const { apiKey, own, clock, add, onBehind, wake, onFailure } = ports
  let stopped = false
  let isTimed = false

  /** A database that cannot be read now has nothing that could be delivered now. */
  async function look(): Promise<Waiting[]> {
    const found = await oneTransaction(['queues', 'journal', 'rules'], (tx) => align(tx, apiKey, own), clock).catch(
      onFailure,
    )
    if (found?.isBehind && !stopped) onBehind()
    return found?.waiting ?? []
  }

  async function drain(): Promise<void> {
    for (const queue of backedUp(apiKey)) {
      if (queue !== own) await recoverBackups(queue, '', (handovers) => add(queue, handovers)).catch(onFailure)
    }
    const waiting = await look()
    if (stopped || waiting.length === 0) return
    for (const one of waiting) wake(one)
    if (isTimed) return
    isTimed = true
    void clock.timer(AGAIN_MS).done.then(() => {
      isTimed = false
      if (!stopped) void drain()
    })
  }

  return {
    align: async () => void (await look()),
    drain,
    stop() {
      stopped = true
    },
  }
}

/** The endpoint of a queue (the option `host`), by the queue's name. */
export const hostOf = (queue: string) => queue.slice(queue.indexOf(' ') + 1)

/**
 * The keys of a project in any table: arrays that begin with a queue's name, which is the token, a space and the host.
 */
export const keysOf = (apiKey: string) => IDBKeyRange.bound([`${apiKey} `], [`${apiKey}!`])

/** The project's queues of which there is a backup in localStorage. */
export const backedUp = (apiKey: string): Set<string> =>
  new Set([...queuesBackedUp()].filter((queue) => queue.startsWith(`${apiKey} `)))

/** Makes the project's latest choice that of all its queues, and finds what these hold. */
async function align(tx: IDBTransaction, apiKey: string, own: string): Promise<Found> {
  const keys = (name: string) => answer(tx.objectStore(name).getAllKeys(keysOf(apiKey)))
  const values = (name: string) => answer(tx.objectStore(name).getAll(keysOf(apiKey)))
  const [queues, journal, ruled, records, stored] = await Promise.all([
    keys('queues').then((all) => all.map(nameOf)),
    keys('journal').then((all) => all.map(nameOf)),
    keys('rules').then((all) => all.map(nameOf)),
    values('queues'),
    values('rules'),
  ])
  const rules = new Map(ruled.map((name, index) => [name, parseRules(stored[index])]))
  const changed = aligned(rules, new Set([own, ...queues, ...journal, ...ruled]))
  for (const [name, next] of changed) tx.objectStore('rules').put(next, [name])
  const waits = (name: string) => journal.includes(name) || asRecord(records[queues.indexOf(name)]).pending !== 0
  const waiting = [...new Set([...queues, ...journal])].filter((name) => name !== own && waits(name))
  return {
    isBehind: changed.has(own),
    waiting: waiting.map((queue) => ({ queue, isConfigured: queues.includes(queue) })),
  }
}

/** The rules with the latest choice; of two choices at the same time, the rules with the refusal. */
export const latestOf = (rules: Iterable<Rules>): Rules | undefined =>
  [...rules].sort((a, b) => b.at - a.at || Number(b.refused) - Number(a.refused))[0]

/** The changed rules of each queue that does not have the project's latest choice yet. */
export function aligned(rules: ReadonlyMap<string, Rules>, names: Iterable<string>): Map<string, Rules> {
  const latest = latestOf(rules.values())
  const changed = new Map<string, Rules>()
  for (const name of latest?.at ? names : []) {
    const known = rules.get(name) ?? parseRules(undefined)
    if (!latest || known.at >= latest.at) continue
    changed.set(name, chosen(known, latest, latest.erase > known.erase ? latest.erase : 0))
  }
  return changed
}

/** The name of the queue that a key of any table is of. */
export const nameOf = (key: IDBValidKey) => String((key as IDBValidKey[])[0])

const answer = <Result>(request: IDBRequest<Result>) =>
  new Promise<Result>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
