import { expect, test } from 'vitest'
import { KeptStorage } from './local-storage'
import { Sim } from './sim'
import { factoryOf, keyRange } from './storage'

function browser() {
  const files = { ms: 0, cached: true }
  const world = { host: '', options: {}, locks: true, sync: false, hook: false, files, installMs: 100, startMs: 40 }
  const sim = new Sim([], { world, steps: [] })
  const pass = (ms = 1) => sim.time.advance(ms, () => false)
  return { sim, pass, page: () => factoryOf(sim.newRealm('page')) }
}

/** What happens to a request, by name. */
function watch(asked: ReturnType<ReturnType<typeof factoryOf>['open']>, upgrade = ['journal', 'rules']) {
  const seen: string[] = []
  asked.onupgradeneeded = (event) => {
    const { target } = event as { target: { result: { createObjectStore(name: string): void } } }
    seen.push('upgrade')
    for (const table of upgrade) target.result.createObjectStore(table)
  }
  asked.onsuccess = () => seen.push('success')
  asked.onerror = () => seen.push(`error ${(asked.error as Error).name}`)
  return seen
}

const opened = (asked: ReturnType<ReturnType<typeof factoryOf>['open']>) =>
  asked.result as import('./storage').Connection

test('one page makes the tables, the next finds them, and an earlier version is refused', async () => {
  const { pass, page } = browser()
  const asked = [page().open('outlast', 3), page().open('outlast', 3), page().open('outlast', 2)]
  const seen = asked.map((one) => watch(one))
  await pass()
  expect(seen).toEqual([['upgrade', 'success'], ['success'], ['error VersionError']])
})

test('an upgrade tells the pages of the version before, and cuts those that do not close', async () => {
  const { pass, page } = browser()
  const old = [page().open('outlast', 3), page().open('outlast', 3)]
  for (const one of old) watch(one)
  await pass()
  const told: string[] = []
  const [first, second] = old.map(opened)
  if (!first || !second) throw new Error('there are two')
  first.onversionchange = () => first.close()
  first.onclose = () => told.push('first')
  second.onclose = () => told.push('second')
  watch(page().open('outlast', 4), [])
  await pass()
  expect([first.closed, second.closed, told]).toEqual([true, true, ['second']])
})

test('rows are read by key, by range and all together; a store that is not there is an error', async () => {
  const { pass, page } = browser()
  const asked = page().open('outlast', 3)
  watch(asked)
  await pass()
  const db = opened(asked)
  expect(() => db.transaction(['rules', 'none'])).toThrow('there is no table none')
  const tx = db.transaction(['rules'], 'readwrite')
  expect(() => tx.objectStore('journal')).toThrow('journal is not in the transaction')
  const rows = tx.objectStore('rules')
  for (const seq of [1, 2, 3]) rows.put({ seq }, ['queue', 'page', seq])
  rows.put({ seq: 9 }, ['queues', 'page', 9])
  rows.delete(['queue', 'page', 1])
  const answers = {
    one: rows.get(['queue', 'page', 2]),
    queue: rows.getAll(keyRange.bound(['queue'], ['queue', []])),
    after: rows.getAllKeys(keyRange.lowerBound(['queue', 'page', 2], true), 1),
    all: rows.count(),
  }
  let ended = ''
  tx.oncomplete = () => (ended = 'complete')
  await pass()
  expect(Object.fromEntries(Object.entries(answers).map(([name, { result }]) => [name, result]))).toEqual({
    one: { seq: 2 },
    queue: [{ seq: 2 }, { seq: 3 }],
    after: [['queue', 'page', 3]],
    all: 3,
  })
  expect(ended).toBe('complete')
})

test('a request that fails aborts its transaction, and all of it is undone', async () => {
  const { sim, pass, page } = browser()
  const asked = page().open('outlast', 3)
  watch(asked)
  await pass()
  sim.faults.arm({ at: 'tx.request', who: 'page', what: 'fail', skip: 1, ms: 0 })
  const tx = opened(asked).transaction('rules', 'readwrite')
  const seen: string[] = []
  tx.onerror = () => seen.push('error')
  tx.onabort = () => seen.push('abort')
  tx.oncomplete = () => seen.push('complete')
  const rows = tx.objectStore('rules')
  rows.put({ refused: true }, ['queue'])
  rows.put({ refused: false }, ['queue'])
  await pass()
  expect(seen).toEqual(['error', 'abort'])
  expect(sim.disk.get('rules', ['queue'])).toBeUndefined()
})

test('an open that hangs never ends, and the next one does', async () => {
  const { sim, pass, page } = browser()
  sim.faults.arm({ at: 'open', who: 'page', what: 'hang', skip: 0, ms: 0 })
  const seen = [watch(page().open('outlast', 3)), watch(page().open('outlast', 3))]
  await pass(86_400_000)
  expect(seen).toEqual([[], ['upgrade', 'success']])
})

test('a transaction that hangs keeps all others waiting until it is aborted', async () => {
  const { sim, pass, page } = browser()
  const asked = page().open('outlast', 3)
  watch(asked)
  await pass()
  for (const at of ['tx.start', 'tx.request'] as const) {
    sim.faults.arm({ at, who: 'page', what: 'hang', skip: 0, ms: 0 })
    const seen: string[] = []
    const [hung, next] = ['hung', 'next'].map((name) => {
      const tx = opened(asked).transaction(['rules'], 'readwrite')
      tx.oncomplete = () => seen.push(`${name} complete`)
      tx.onabort = () => seen.push(`${name} abort`)
      tx.objectStore('rules').put(name, ['queue'])
      return tx
    })
    if (!hung || !next) throw new Error('there are two')
    await pass(3_600_000)
    expect([seen, sim.hung.size]).toEqual([[], 1])
    hung.abort()
    await pass()
    expect([seen, sim.hung.size]).toEqual([['hung abort', 'next complete'], 0])
    expect(sim.disk.get('rules', ['queue'])).toBe('next')
  }
})

test('databases are apart, and one that is deleted is made anew', async () => {
  const { sim, pass, page } = browser()
  const asked = [page().open('outlast', 3), page().open('outlast-log')]
  for (const one of asked) watch(one)
  await pass()
  expect(asked.map((one) => opened(one).version)).toEqual([3, 1])
  watch(page().deleteDatabase('outlast'))
  await pass()
  expect(sim.disk.version).toBe(0)
  expect(opened(asked[0] as (typeof asked)[0]).closed).toBe(true)
})

test('a killed browser has not written out the last of localStorage', () => {
  let now = 0
  const kept = new KeptStorage(
    () => now,
    () => true,
  )
  kept.area.setItem('old', '1')
  kept.area.setItem('gone', '1')
  now = 100_000
  kept.area.setItem('old', '2')
  kept.area.setItem('new', '1')
  kept.area.removeItem('gone')
  now = 120_000
  kept.area.setItem('old', '3')
  kept.goBackTo(110_000)
  expect({ ...kept.area }).toEqual({ old: '2', new: '1' })
  now = 125_000
  kept.area.setItem('new', '2')
  kept.goBackTo(65_000)
  expect({ ...kept.area }).toEqual({ old: '2', new: '1' })
})
