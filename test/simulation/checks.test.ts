import { expect, test } from 'vitest'
import { simulator } from './index'
import type { Step, World } from './steps'

/** A library of a few lines, which does to a page's first second what the test is about. */
const libraryOf = (client: string) => `
const realm = {
  install() {},
  init: () => ({ on() {}, isOptOut: () => false, ready: Promise.resolve(), capture() {}, ${client} }),
}`

const WORLD: World = {
  host: 'https://events.example',
  options: {},
  locks: true,
  sync: false,
  hook: false,
  files: { ms: 500, cached: true },
  installMs: 100,
  startMs: 40,
}

const setup = { version: 0, worker: false, workerVersion: 0, options: {} }
const first = { count: 1, kind: 'plain' as const, padding: 0 }

async function played(client: string, steps: Step[]) {
  const { play } = simulator(Array(3).fill(libraryOf(client)), { survives: true, settles: true, notices: true })
  const { breach } = await play({ world: WORLD, steps })
  return breach?.message ?? 'nothing'
}

/** Writes what is captured into the journal, as a page's first code may: with IndexedDB as it is. */
const writing = (more = '') => `
  capture(event, _properties, { uuid }) {
    const opened = indexedDB.open('outlast', 3)
    opened.onupgradeneeded = ({ target }) => {
      for (const table of ['journal', 'rules']) target.result.createObjectStore(table)
    }
    opened.onsuccess = () => {
      const tx = opened.result.transaction(['journal', 'rules'], 'readwrite')
      const rows = tx.objectStore('journal')
      const handover = { producer: 'page', seq: 1, events: ['{"uuid":"' + uuid + '","event":"event"}'], dropped: {} }
      rows.put(handover, ['queue', 'page', 1])
      ${more}
    }
  },`

const killedAfter = (ms: number): Step[] => [
  { do: 'open', setup, first, ms },
  { do: 'kill browser', unwrittenMs: 10_000, ms: 0 },
]

test('P2: what a page had in memory alone when its browser was killed is found missing', async () => {
  expect(await played('', killedAfter(61))).toContain('survives')
  expect(
    await played('', [
      { do: 'open', setup, first, ms: 61 },
      { do: 'crash', tab: 0, ms: 0 },
    ]),
  ).toContain('survives')
})

test('P2: nothing is asked of its last 60 ms, and not while its disk failed it', async () => {
  expect(await played('', killedAfter(59))).not.toContain('survives')
  const hang: Step = { do: 'fault', fault: { at: 'open', who: 'page', what: 'hang', skip: 0, ms: 0 }, ms: 0 }
  expect(await played(writing(), [hang, ...killedAfter(61)])).not.toContain('survives')
})

test('P2: what is in the journal is on disk, and has to get out of it', async () => {
  expect(await played(writing(), killedAfter(61))).toBe('drained: 1 events are still in the journal')
})

test('P2: a row that leaves the journal before a queue has it is a loss', async () => {
  const later = "tx.oncomplete = () => opened.result.transaction('journal', 'readwrite').objectStore('journal').clear()"
  expect(await played(writing(later), killedAfter(61))).toContain('lost')
})

test('no caller is kept waiting for a file that hangs, and a shutdown ends in its time', async () => {
  const waiting = (what: string) =>
    `${what}: () => simulated.load('x', async () => 1).then(() => new Promise(() => {})),`
  const hang: Step = { do: 'fault', fault: { at: 'import', who: 'page', what: 'hang', skip: 0, ms: 0 }, ms: 0 }
  const ask = (step: Step): Step[] => [hang, { do: 'open', setup, ms: 0 }, step]
  const stats: Step = { do: 'stats', tab: 0, ms: 15_001 }
  expect(await played(waiting('stats'), ask(stats))).toContain('settles')
  const inTime = 'stats: () => new Promise((answer) => setTimeout(() => answer(NONE), 14_999)),'
  const none = '{ accepted: 0, delivered: 0, pending: 0, dropped: {} }'
  expect(await played(inTime.replace('NONE', none), ask(stats))).toBe('nothing')
  const shutdown: Step = { do: 'shutdown', tab: 0, timeoutMs: 100, ms: 1_101 }
  expect(await played(waiting('shutdown'), ask(shutdown))).toContain('shutdown has taken 1101 ms, and may take 1100')
})
