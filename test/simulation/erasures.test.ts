import { beforeAll, expect, test } from 'vitest'
import { bundleVersions } from './bundle'
import { simulator } from './index'
import type { Step, World } from './steps'

const WORLD: World = {
  host: 'https://events.example',
  options: { flushInterval: 200, retryMaxBackoff: 5_000 },
  locks: true,
  sync: true,
  hook: false,
  files: { ms: 100, cached: true },
  installMs: 500,
  startMs: 100,
  deafTabs: true,
}

const open = (options: Record<string, unknown> = {}, ms = 10_000): Step => ({
  do: 'open',
  setup: { version: 0, worker: false, workerVersion: 0, options },
  ms,
})
const capture = (tab: number, ms: number): Step => ({
  do: 'capture',
  ...{ tab, count: 2, kind: 'plain', unwanted: false, padding: 0, ms },
})
const refused: Step = { do: 'fault', fault: { at: 'open', who: 'page', what: 'fail', skip: 0, ms: 0 }, ms: 0 }
/** A page whose disk has failed it by the time at which it has a host, so that it has memory alone. */
const withoutDisk = [...Array<Step>(5).fill(refused), open()]

/** What is captured in the last tab while no server takes it, and erased right before a consent. */
const erasedIn = (chooser: number): Step[] => [
  { do: 'weather', answer: { kind: 'status', status: 503 }, ms: 0 },
  capture(-1, 3_000),
  { do: 'erase', tab: chooser, ms: 0, together: true },
  { do: 'consent', tab: chooser, ms: 400 },
  { do: 'weather', answer: { kind: 'ok' }, ms: 0 },
  { do: 'wait', ms: 40_000 },
]

/** What late code is waited for in. */
const SLOW: Partial<World> = { options: { flushAt: 3, flushInterval: 2_000, maxBatchSize: 3 }, pageDiskMs: 3 }

let played: (steps: Step[], world?: Partial<World>) => Promise<string>

beforeAll(async () => {
  const { play } = simulator(await bundleVersions())
  played = async (steps, world) => {
    const { breach } = await play({ world: { ...WORLD, ...world }, steps })
    return breach?.message ?? 'nothing'
  }
}, 60_000)

test('P10: a page whose disk fails it sends nothing that another tab has had erased', async () => {
  expect(await played([open(), ...withoutDisk, ...erasedIn(-2)])).toBe('nothing')
})

test('P10: a page whose disk fails it sends nothing that was erased in it, right before a consent', async () => {
  expect(await played([...withoutDisk, ...erasedIn(-1)])).toBe('nothing')
})

test('P10: a page that waited for a consent hears in the back/forward cache of an erasure', async () => {
  const away: Step = { do: 'away', tab: -1, ms: 60 }
  const inMemory = { persistence: 'memory' }
  const steps: Step[] = [
    open(),
    open(inMemory),
    { ...away, ms: 0 },
    { do: 'erase', tab: -1, ms: 60 },
    open(inMemory, 358),
    { do: 'consent', tab: -2, ms: 100 },
    capture(-1, 1),
    away,
    { do: 'erase', tab: -1, ms: 5 },
    { do: 'consent', tab: -1, ms: 400 },
  ]
  expect(await played(steps, { ...SLOW, files: { ms: 1_445, cached: true } })).toBe('nothing')
})

test('P10: the last words of a page whose late code comes after an erasure do not have what was erased', async () => {
  const first = { count: 1, kind: 'plain' as const, padding: 0 }
  const frozen = { ...open({ captureMode: 'v1' }, 290), first } as Step
  const beside: Step = { do: 'open', setup: { version: 0, worker: true, workerVersion: 0, options: {} }, ms: 43 }
  const steps: Step[] = [
    ...[refused, refused, refused, frozen],
    { do: 'away', tab: -1, ms: 0 },
    ...[beside, open(), open({ persistence: 'memory' })],
    { do: 'away', tab: -1, ms: 400 },
    { do: 'erase', tab: -1, ms: 0 },
    { do: 'consent', tab: -1, ms: 40_000 },
  ]
  expect(await played(steps, { ...SLOW, files: { ms: 1_731, cached: true }, installMs: 2_665, startMs: 386 })).toBe(
    'nothing',
  )
})
