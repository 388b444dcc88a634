/** Steps about requests (`outlast/relay`), strewn among those about events. */

import type { RelayOptions } from '../../src/page/relay/types'
import type { Random } from '../support/random'
import { type Answer, OK, RETRY_AFTER, STATUSES } from './answers'
import type { Plan, Step } from './steps'
import { strewn } from './strewn'

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

const HOSTS = ['https://one.example', 'http://two.example', 'https://three.example']

/** For so many ms the header `SECRET` may be stored. */
export const SECRET_MS = 3_600_000
export const SECRET = 'x-api-key'

const KEYS = ['cart', 'draft']
const WEEK = 604_800_000

export function withRequests({ world, steps }: Plan, length: number, dice: Random): Plan {
  const { chance, pick, integer } = dice
  const upTo = (most: number) => integer(0, Math.max(0, most - 1))
  const hosts = HOSTS.slice(0, integer(2, 3))
  // The others stay well, whatever becomes of it.
  const failing = chance(0.5) ? 1 : hosts.length
  const relay: RelayWorld = {
    hosts,
    options: {
      ...(chance(0.5) ? { name: 'my queue' } : {}),
      maxAge: chance(0.8) ? WEEK : SECRET_MS,
      maxQueueSize: pick([4, 20, 1_000]),
      maxQueueBytes: pick([20_000, 1_000_000]),
      maxRetries: chance(0.3) ? upTo(4) : Number.MAX_SAFE_INTEGER,
      requestTimeout: pick([500, 5_000, 30_000]),
      retryInitialBackoff: pick([50, 200, 1_000]),
      // A host may be down for hours of virtual time, and each try is a world's work.
      retryMaxBackoff: pick([5_000, 10_000, 30_000]),
      compress: chance(0.3) && 'gzip',
      storedHeaders: { 'X-Api-Key': SECRET_MS },
    },
    takesStatus: chance(0.3) ? 404 : undefined,
  }
  const more: Step[][] = []
  for (let left = length - steps.length; left > 0; ) {
    const next = scene().slice(0, left)
    more.push(next)
    left -= next.length
  }
  return { world: { ...world, relay }, steps: strewn(steps, more, pick) }

  function scene(): Step[] {
    const tab = chance(0.7) ? upTo(4) : -1
    const kinds: [weight: number, make: () => Step[]][] = [
      [30, () => [send(tab, pause())]],
      [6, () => Array.from({ length: integer(2, 6) }, () => send(tab, 0))],
      [2, () => [{ do: pick(['relay stats', 'relay flush'] as const), tab, ms: pause() }]],
      [5, () => [{ do: 'host answer', host: upTo(failing), answer: answer(), ms: pause() }]],
      [2, () => latest(tab)],
      [1.5, () => down(tab)],
      [1, () => left(tab)],
      [0.7, () => outlived(tab)],
      [0.8, () => choice(tab)],
    ]
    let at = dice.next() * kinds.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, make] of kinds) {
      at -= weight
      if (at < 0) return make()
    }
    return []
  }

  function pause(): number {
    return chance(0.4) ? 0 : chance(0.7) ? upTo(60) : upTo(800)
  }

  function send(tab: number, ms: number, more: Partial<RequestToSend> = {}): Step {
    const body = pick(['text', 'text', 'bytes', 'none'] as const)
    const request: RequestToSend = {
      host: chance(0.03) ? -1 : upTo(hosts.length),
      method: body === 'none' ? pick(['POST', 'GET'] as const) : pick(['POST', 'POST', 'PUT'] as const),
      body,
      size: chance(0.05) ? upTo(3_000) : upTo(80),
      credentials: pick(['omit', 'same-origin', 'include'] as const),
      ...(chance(0.2) ? { key: pick(KEYS) } : {}),
      ...(chance(0.2) ? { header: pick(['secret', 'secret', 'type', 'type', 'forbidden'] as const) } : {}),
      ...(chance(0.02) ? { unwanted: true } : {}),
      ...more,
    }
    return { do: 'send', tab, request, ms }
  }

  /** A host is down while several requests of one key come, and others between them. */
  function latest(tab: number): Step[] {
    const host = upTo(failing)
    const key = pick(KEYS)
    return [
      { do: 'host weather', host, answer: { kind: 'status', status: 503 }, ms: 0 },
      send(tab, upTo(500), { host }),
      ...Array.from({ length: integer(2, 4) }, () =>
        send(tab, pick([0, 5, 300]), { host, ...(chance(0.7) ? { key } : {}) }),
      ),
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  /** One host is down for long: the others are held up by nothing. */
  function down(tab: number): Step[] {
    const host = upTo(failing)
    return [
      {
        do: 'host weather',
        host,
        answer: pick([{ kind: 'status', status: 503 }, { kind: 'unreachable' }] as const),
        ms: 0,
      },
      send(tab, upTo(2_000), { host }),
      ...hosts.map((_, other) => send(tab, pause(), { host: other })),
      { do: 'wait', ms: 200_000 },
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  /** A page is left right after its last request. */
  function left(tab: number): Step[] {
    return [send(tab, upTo(40)), { do: pick(['close', 'away'] as const), tab, ms: pause() }]
  }

  /** A header may not be kept for as long as its host is down. */
  function outlived(tab: number): Step[] {
    const host = upTo(failing)
    return [
      { do: 'host weather', host, answer: { kind: 'status', status: 503 }, ms: 0 },
      send(tab, upTo(500), { host, header: 'secret' }),
      send(tab, upTo(500), { host, header: 'secret' }),
      { do: 'wait', ms: SECRET_MS + upTo(SECRET_MS) },
      { do: 'host weather', host, answer: OK, ms: pause() },
    ]
  }

  function choice(tab: number): Step[] {
    const soon = () => pick([0, 1, 5, 60, 400])
    // A page that has no host yet, and so has its last words to send itself.
    if (chance(0.2))
      return [
        { do: 'open', setup: { version: 0, worker: chance(0.5), workerVersion: 0, options: {} }, ms: upTo(5) },
        send(-1, 0),
        { do: 'relay refuse', tab: -1, ms: 0 },
        { do: pick(['close', 'away'] as const), tab: -1, ms: soon() },
        { do: 'relay consent', tab, ms: soon() },
      ]
    const steps: Step[] = [send(tab, soon())]
    // The page is left before a host has told it of the request.
    if (chance(0.3))
      return [
        ...steps,
        { do: pick(['relay refuse', 'relay erase'] as const), tab, ms: pick([0, 1, 5]) },
        { do: pick(['close', 'away'] as const), tab, ms: soon() },
        { do: 'relay consent', tab: upTo(4), ms: soon() },
      ]
    if (chance(0.8))
      steps.push({ do: pick(['relay refuse', 'relay erase'] as const), tab, ms: soon() }, send(tab, soon()))
    if (chance(0.3)) steps.push(send(upTo(4), upTo(2_000)))
    return [...steps, { do: 'relay consent', tab, ms: soon() }, send(tab, soon())]
  }

  function answer(): Answer {
    const afterMs = chance(0.3) ? { afterMs: upTo(8_000) } : {}
    switch (upTo(8)) {
      case 0:
        return { kind: 'ok', afterMs: upTo(20_000) }
      case 1:
      case 2:
        return {
          kind: 'status',
          status: chance(0.6) ? pick([503, 500, 429, 413]) : pick(STATUSES),
          takes: chance(0.1),
          ...(chance(0.3) ? { retryAfter: pick(RETRY_AFTER) } : {}),
          ...afterMs,
        }
      case 3:
        return { kind: 'page', named: chance(0.7) }
      case 4:
        return { kind: 'unreachable', ...afterMs }
      case 5:
        return { kind: 'cut' }
      case 6:
        return { kind: 'lost' }
      default:
        return { kind: 'hang', takes: chance(0.5) }
    }
  }
}
