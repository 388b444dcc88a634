/** A run as a list of steps, each complete in itself, so that one that is left out leaves the others as they were. */

import type { OutlastOptions } from '../../src/page/types'
import { createRandom } from '../support/random'
import { type Answer, BODIES, OK, RETRY_AFTER, STATUSES } from './answers'
import { type Fault, LATE_POINTS, POINTS, type Point, type What } from './faults'
import { PERSON_STEPS, type PersonStep } from './persons'
import type { RelayWorld, RequestStep } from './request-steps'
import { changeOfMind, choice, hesitation, oldBackup, type Props, refusals, SHORT_AGE_MS, silence } from './scenes'
import { cutShort, onItsOwn, visit } from './visits'

/** What does not change during a run. */
export interface World {
  host: string
  options: OutlastOptions
  /** Whether the engine has Web Locks, */
  locks: boolean
  /** and Background Sync. */
  sync: boolean
  /** Whether the worker has a `beforeSend`. */
  hook: boolean
  /** ms that each late file takes, and whether the browser keeps it for the next page. */
  files: { ms: number; cached: boolean }
  /** ms that a worker takes to install, */
  installMs: number
  /** and to start. */
  startMs: number
  /** Tabs cannot tell each other of a choice, but by localStorage. */
  deafTabs?: boolean
  /** ms by which a page's transactions reach the disk later than a worker's; 0 where it is absent. */
  pageDiskMs?: number
  /**
   * A worker was there before, which answers nothing, and makes way this many ms after the new one is installed. `null`:
   * no new one can be installed, and it stays.
   */
  oldWorker?: { yieldsAfterMs: number | null }
  /** The run ends with a page that is alone, and whose worker's disk fails its first word. */
  lastWakeFails?: boolean
  /** What pages say to `relay`; absent where they have none. */
  relay?: RelayWorld
}

export interface FirstCapture {
  count: number
  kind: 'plain' | 'history' | 'ai'
  padding: number
}

export interface PageSetup {
  /** Which version of the library the page runs: 0 is this one. */
  version: number
  /** Which version its site serves as the worker, or `false` where there can be none. */
  worker: boolean
  workerVersion: number
  options: OutlastOptions
}

/**
 * `tab` counts the open tabs, -1 is the last. `first` is captured in a page's first task. `ms` pass afterwards, or nothing
 * at all where the next step comes `together` with this one, in the same task.
 */
export type Step = { ms: number; together?: boolean } & (
  | { do: 'open'; setup: PageSetup; first?: FirstCapture }
  | ({ do: 'capture'; tab: number; unwanted: boolean } & FirstCapture)
  | {
      do: 'flush' | 'stats' | 'pending' | 'hide' | 'show' | 'close' | 'crash' | 'away' | 'return'
      tab: number
    }
  /** The person opts out with `clear`, opts out, or opts in. */
  | { do: 'erase' | 'refuse' | 'consent'; tab: number }
  | { do: PersonStep; tab: number }
  | { do: 'shutdown'; tab: number; timeoutMs: number }
  | { do: 'wait' }
  | { do: 'jump'; by: number }
  | { do: 'network'; online: boolean }
  | { do: 'kill worker' }
  /** localStorage keeps what is older than that. */
  | { do: 'kill browser'; unwrittenMs: number }
  | { do: 'update'; version: number }
  | { do: 'break lock'; lock: number }
  | { do: 'weather' | 'answer'; answer: Answer }
  | { do: 'disk' | 'local storage'; full: boolean }
  | { do: 'fault'; fault: Fault }
  | RequestStep
)

export interface Plan {
  world: World
  steps: Step[]
}

/** How wild a run is: weights of the kinds of steps. */
interface Profile {
  fault: number
  answer: number
  death: number
  jump: number
  quota: number
  version: number
  /** Senders that lose their locks to others while they live. */
  rival: number
  /** People who ask to be forgotten; four times as often they agree again, if they did. */
  erase: number
  /** Pages that are left or killed within seconds. */
  visit: number
  /** Files and registrations that are late, fail or hang. */
  late: number
  /** Workers that fall silent and files that do not come, while nothing else is in the way. */
  silence: number
  /** Choices that are easily lost or forgotten. */
  choice: number
}

const CALM: Profile = {
  fault: 0,
  answer: 0,
  death: 0,
  jump: 0,
  quota: 0,
  version: 0,
  rival: 0,
  erase: 0.1,
  visit: 0.5,
  late: 0.5,
  silence: 0.5,
  choice: 0.4,
}

const PROFILES: Profile[] = [
  CALM,
  { ...CALM, answer: 20, death: 3 },
  { ...CALM, fault: 20, answer: 10, death: 5 },
  { ...CALM, fault: 15, answer: 15, death: 5, jump: 2, version: 2 },
  { ...CALM, fault: 25, answer: 20, death: 8, jump: 3, quota: 3, version: 3 },
  { ...CALM, fault: 3, answer: 20, death: 1, version: 4, rival: 12, visit: 0, late: 0, silence: 0, choice: 0 },
  { ...CALM, fault: 15, answer: 15, death: 2, erase: 3 },
  { ...CALM, death: 1, visit: 30, late: 3 },
  { ...CALM, fault: 2, answer: 5, death: 2, visit: 15, late: 6 },
]

const WHATS: Record<Point, What[]> = {
  open: ['kill', 'slow', 'fail', 'hang'],
  'tx.start': ['kill', 'slow', 'fail', 'hang'],
  'tx.request': ['kill', 'slow', 'fail', 'hang'],
  'tx.commit': ['kill', 'slow', 'fail', 'quota', 'lost'],
  'tx.done': ['kill', 'slow', 'hang'],
  timer: ['kill', 'slow'],
  fetch: ['kill', 'slow', 'fail'],
  fetched: ['kill', 'slow', 'fail'],
  compress: ['kill', 'slow', 'fail'],
  lock: ['kill', 'slow', 'fail', 'hang'],
  query: ['kill', 'slow', 'fail', 'hang'],
  clients: ['kill', 'slow'],
  post: ['kill', 'slow', 'lost', 'twice'],
  reply: ['kill', 'slow', 'lost', 'twice'],
  message: ['kill', 'slow', 'hang'],
  beacon: ['kill', 'fail', 'lost'],
  backup: ['fail'],
  import: ['kill', 'slow', 'fail', 'hang'],
  register: ['kill', 'slow', 'fail', 'hang'],
  registration: ['kill', 'slow', 'fail', 'hang'],
}

/** When a registration that hangs fails at last, in ms. */
const HANG_MS = [20_000, 120_000, 300_000]

/** How late a browser writes localStorage to the disk, in ms: Chromium's spread of commits. */
const UNWRITTEN_MS = [10_000, 60_000] as const

/** Times in a row that a page and the host in it are refused their database, so that there is memory alone, */
const REFUSALS = 4
/** and that the host is when its page has the database already. */
const REFUSALS_OF_HOST = 2

const HOUR = 3_600_000

export function planOfEvents(seed: number, length: number): Plan {
  const { next, chance, pick } = createRandom(seed)
  const upTo = (most: number) => Math.floor(next() * most)
  const profile = pick(PROFILES)
  // Senders that know nothing of each other meet over a batch only where they speak one version and answers are slow.
  const rivals = profile.rival > 0
  const world: World = {
    host: 'https://events.example',
    options: {
      flushAt: rivals ? 8 : pick([1, 3, 8, 20]),
      flushInterval: pick([0, 200, 2_000, 10_000]),
      maxBatchSize: rivals ? 20 : pick([1, 3, 7, 20]),
      maxBatchBytes: pick([2_000, 20_000, 1_000_000]),
      maxQueueSize: pick([10, 40, 300, 10_000]),
      maxRetries: chance(0.3) ? upTo(4) : Number.MAX_SAFE_INTEGER,
      retryInitialBackoff: pick([50, 200, 1_000]),
      retryMaxBackoff: pick([1_000, 10_000, 30_000]),
      requestTimeout: pick([500, 5_000, 30_000]),
      maxConcurrentRequests: pick([1, 2, 3, 5]),
      compression: chance(0.25) ? 'gzip' : 'none',
      // A clock that jumps may make an event old while a host takes it.
      ...(chance(0.3) && profile.jump === 0 ? { maxEventAge: SHORT_AGE_MS } : {}),
    },
    locks: rivals || chance(0.7),
    sync: chance(0.6),
    hook: chance(0.5),
    files: { ms: chance(0.4) ? 0 : between(150, 2_000), cached: chance(0.7) },
    installMs: between(100, 3_000),
    startMs: between(40, 600),
    deafTabs: chance(0.3),
    pageDiskMs: chance(0.5) ? 0 : 1 + upTo(5),
    ...(!rivals && chance(0.1) ? { oldWorker: { yieldsAfterMs: pick([3_000, 60_000, 10 * HOUR, null]) } } : {}),
    lastWakeFails: chance(0.3),
  }
  const dice = { chance, upTo, pick, pause }
  const props: Props = { ...dice, open: openStep, capture: captureStep }
  const steps: Step[] = []
  if (profile.visit > 0) for (let visits = upTo(4); visits > 0; visits--) steps.push(...nextVisit())
  steps.push(openStep(true))
  const last = world.lastWakeFails ? cutShort(openStep(true), dice) : chance(0.2) ? onItsOwn(openStep(true), dice) : []
  // Before there is any choice.
  if (profile.choice > 0 && chance(0.5)) steps.push(...hesitation(props))
  while (steps.length < length - last.length) steps.push(...[nextStep()].flat())
  return { world, steps: [...steps.slice(0, Math.max(0, length - last.length)), ...last] }

  function between(least: number, most: number): number {
    return least + upTo(most - least)
  }

  function nextVisit(): Step[] {
    const open = openStep(true)
    const steps = visit(open, dice)
    if (profile.fault > 0 && chance(0.3)) {
      open.setup.worker = false
      const isJournaled = chance(0.5)
      const refusals = Array.from({ length: isJournaled ? REFUSALS_OF_HOST : REFUSALS }, () =>
        noDisk(isJournaled ? 1 : 0),
      )
      return [...refusals, ...steps]
    }
    return profile.late > 0 && chance(0.3) ? [{ do: 'fault', fault: lateFault(), ms: 0 }, ...steps] : steps
  }

  function openStep(first = false): Step & { do: 'open' } {
    const version = profile.version > 0 && !rivals && !first && chance(0.15) ? 1 + upTo(2) : 0
    const setup: PageSetup = {
      version,
      worker: chance(rivals ? 0.4 : 0.7),
      workerVersion: profile.version > 0 && !rivals && chance(0.1) ? upTo(3) : version,
      options: {
        ...(chance(rivals ? 0.9 : 0.5) ? { captureMode: 'v1' } : {}),
        ...(chance(0.05) ? { persistence: 'memory' } : {}),
      },
    }
    return { do: 'open', setup, ms: upTo(chance(0.5) ? 20 : 400) }
  }

  function nextStep(): Step | Step[] {
    const ms = pause()
    const tab = upTo(4)
    const kinds: [weight: number, make: () => Step | Step[]][] = [
      [30, () => captureStep(tab, ms)],
      [12, () => ({ do: 'wait', ms: upTo(chance(0.2) ? 60_000 : 2_000) })],
      [4, () => ({ do: 'flush', tab, ms })],
      [1, () => ({ do: pick(['stats', 'pending'] as const), tab, ms })],
      [3, openStep],
      [2, () => ({ do: pick(['hide', 'show'] as const), tab, ms })],
      [2, () => ({ do: pick(['close', 'away', 'return', 'return'] as const), tab, ms })],
      [0.5, () => ({ do: 'shutdown', tab, timeoutMs: pick([0, 10, 1_000, 30_000]), ms })],
      [3, () => ({ do: pick(PERSON_STEPS), tab, ms })],
      [profile.erase, () => ({ do: 'erase', tab, ms })],
      [profile.erase * 4, () => ({ do: 'consent', tab, ms })],
      [profile.erase * 5, () => changeOfMind(tab, ms, props)],
      [1, () => ({ do: 'network', online: chance(0.6), ms })],
      [profile.visit, nextVisit],
      [profile.late, () => ({ do: 'fault', fault: lateFault(), ms })],
      [profile.silence, () => silence(props)],
      [world.options.maxEventAge === SHORT_AGE_MS ? profile.silence : 0, () => oldBackup(props)],
      [profile.answer / 40, () => refusals(props)],
      [profile.choice, () => choice(props)],
      [profile.death, () => (chance(0.7) ? { do: 'kill worker', ms } : { do: 'crash', tab, ms })],
      [profile.death / 5, () => ({ do: 'kill browser', unwrittenMs: between(...UNWRITTEN_MS), ms })],
      [profile.version, () => ({ do: 'update', version: rivals || chance(0.7) ? 0 : upTo(3), ms })],
      [
        profile.jump,
        () => ({ do: 'jump', by: Math.round((next() - 0.5) * pick([1_000, 60_000, 8 * HOUR, 48 * HOUR])), ms }),
      ],
      [profile.answer, () => ({ do: 'answer', answer: answer(), ms })],
      [profile.answer / 10, () => ({ do: 'weather', answer: chance(0.6) ? OK : answer(), ms })],
      [profile.rival, () => ({ do: 'break lock', lock: upTo(4), ms })],
      [profile.quota, () => ({ do: 'disk', full: chance(0.4), ms })],
      [profile.quota, () => ({ do: 'local storage', full: chance(0.4), ms })],
      [profile.fault, () => ({ do: 'fault', fault: fault(), ms })],
    ]
    const total = kinds.reduce((sum, [weight]) => sum + weight, 0)
    let at = next() * total
    for (const [weight, make] of kinds) {
      at -= weight
      if (at < 0) return make()
    }
    return { do: 'wait', ms }
  }

  function pause(): number {
    return chance(0.4) ? 0 : chance(0.7) ? upTo(60) : upTo(800)
  }

  function captureStep(tab: number, ms: number): Step & { do: 'capture' } {
    const kind = chance(0.8) ? 'plain' : pick(['history', 'ai'] as const)
    const count = chance(0.03) ? 60 : 1 + upTo(5)
    const padding = chance(0.05) ? upTo(3_000) : 0
    return { do: 'capture', tab, count, kind, unwanted: world.hook && chance(0.05), padding, ms }
  }

  function fault(): Fault {
    const at = pick(POINTS)
    if (LATE_POINTS.has(at)) return lateFault()
    const what = pick(WHATS[at])
    const who = chance(0.75) ? 'worker' : 'page'
    return { at, who, what, skip: chance(0.6) ? 0 : upTo(8), ms: upTo(chance(0.3) ? 20_000 : 300) }
  }

  function noDisk(skip: number): Step {
    return { do: 'fault', fault: { at: 'open', who: 'page', what: 'fail', skip, ms: 0 }, ms: 0 }
  }

  /** Only pages meet these, and seldom. */
  function lateFault(): Fault {
    const at = pick([...LATE_POINTS])
    const what = pick(WHATS[at])
    const ms = what === 'hang' ? pick(HANG_MS) : upTo(chance(0.3) ? 20_000 : 2_000)
    return { at, who: 'page', what, skip: chance(0.6) ? 0 : upTo(3), ms }
  }

  function answer(): Answer {
    if (rivals && chance(0.6)) return { kind: 'ok', verdicts: verdicts(), afterMs: upTo(5_000) }
    const retryAfter = chance(0.4) ? { retryAfter: pick(RETRY_AFTER) } : {}
    switch (upTo(9)) {
      case 0:
        return { kind: 'ok', afterMs: upTo(chance(0.3) ? 40_000 : 2_000) }
      case 1:
        return { kind: 'ok', verdicts: verdicts(), ...retryAfter, ...late() }
      case 2:
      case 3:
        return {
          kind: 'status',
          status: chance(0.7) ? pick([503, 500, 429, 413]) : pick(STATUSES),
          ...retryAfter,
          takes: chance(0.1),
          ...late(),
        }
      case 4:
        return { kind: 'body', body: pick(BODIES) }
      case 5:
        return chance(0.5) ? { kind: 'unreachable' } : { kind: 'unreachable', afterMs: upTo(10) }
      case 7:
        return chance(0.5)
          ? { kind: 'page', named: chance(0.7) }
          : { kind: 'culprit', oneIn: pick([2, 5, 20]), ...late() }
      case 6:
        return chance(0.5) ? { kind: 'lost' } : { kind: 'cut' }
      default:
        return { kind: 'hang', takes: chance(0.5) }
    }
  }

  function late(): { afterMs?: number } {
    return chance(0.3) ? { afterMs: upTo(8_000) } : {}
  }

  function verdicts(): string[] {
    const each = rivals
      ? ['ok', 'drop', 'retry', 'retry']
      : ['ok', 'ok', 'retry', 'drop', 'warning', 'limited', 'nonsense']
    return Array.from({ length: 1 + upTo(4) }, () => pick(each))
  }
}
