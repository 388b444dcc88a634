import { expect, test } from 'vitest'
import { LateFiles } from './late-files'
import { Sim } from './sim'
import type { World } from './steps'
import { MUTE } from './worker'

function browser(more: Partial<World> = {}) {
  const files = { ms: 200, cached: true }
  const world = {
    host: '',
    options: {},
    locks: true,
    sync: false,
    hook: false,
    files,
    installMs: 100,
    startMs: 40,
    ...more,
  }
  const nothing = () => ({ install() {} })
  const sim = new Sim([nothing as never], { world, steps: [] })
  return { sim, pass: (ms: number) => sim.time.advance(ms, () => false) }
}

function outcome(promise: Promise<unknown>): { is: string } {
  const seen = { is: 'pending' }
  promise.then(
    () => (seen.is = 'done'),
    () => (seen.is = 'failed'),
  )
  return seen
}

test('who registers joins a registration that hangs, until that one fails', async () => {
  const { sim, pass } = browser()
  const register = () => outcome(sim.registration.register(sim.newRealm('page'), 0))
  sim.faults.arm({ at: 'register', who: 'page', what: 'hang', skip: 0, ms: 60_000 })
  const first = register()
  await pass(50_000)
  const second = register()
  await pass(9_000)
  expect([first.is, second.is]).toEqual(['pending', 'pending'])
  await pass(2_000)
  const third = register()
  await pass(10)
  expect([first.is, second.is, third.is]).toEqual(['failed', 'failed', 'done'])
  expect(sim.registration.installing?.state).toBe('installing')
  await pass(100)
  expect(sim.registration.active?.version).toBe(0)
})

test('a worker waits beside an old one that answers nothing, and takes over later', async () => {
  const { sim, pass } = browser({ oldWorker: { yieldsAfterMs: 5_000 } })
  void sim.registration.register(sim.newRealm('page'), 0)
  await pass(1_000)
  expect([sim.registration.active?.version, sim.registration.waiting?.state]).toEqual([MUTE, 'installed'])
  await pass(5_000)
  expect([sim.registration.active?.version, sim.registration.waiting]).toEqual([0, undefined])
})

test('an old worker stays where no new one can be installed', async () => {
  const { sim, pass } = browser({ oldWorker: { yieldsAfterMs: null } })
  void sim.registration.register(sim.newRealm('page'), 0)
  await pass(20)
  const { installing } = sim.registration
  await pass(86_400_000)
  expect([sim.registration.active?.version, installing?.state]).toEqual([MUTE, 'redundant'])
})

test('a file that hangs is joined in its page, one that failed is asked for anew, and another page has it', async () => {
  const { sim, pass } = browser()
  const file = (what: 'hang' | 'fail') => sim.faults.arm({ at: 'import', who: 'page', what, skip: 0, ms: 0 })
  const [hanging, failing] = [new LateFiles(sim.newRealm('page')), new LateFiles(sim.newRealm('page'))]
  const load = (files: LateFiles) => outcome(files.load('src/page/late/delivery', async () => 1))
  file('hang')
  const hung = load(hanging)
  file('fail')
  const failed = load(failing)
  await pass(250)
  const [joined, again] = [load(hanging), load(failing)]
  await pass(3_000)
  expect([hung.is, joined.is, failed.is, again.is]).toEqual(['pending', 'pending', 'failed', 'done'])
})
