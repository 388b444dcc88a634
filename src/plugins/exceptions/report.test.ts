import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { exceptions } from './exceptions'
import { type ExceptionClient, report } from './report'

let warned: string[] = []

beforeEach(() => {
  warned = []
  vi.spyOn(console, 'warn').mockImplementation((text) => void warned.push(String(text)))
})

afterEach(() => void vi.restoreAllMocks())

function rig() {
  const captured: { event: string; properties: Record<string, unknown>; options: unknown }[] = []
  const client: ExceptionClient = {
    capture: (event, properties, options) =>
      void captured.push({ event, properties: properties as Record<string, unknown>, options }),
  }
  const clock = { now: 1_000_000, random: 0 }
  const ports = { now: () => clock.now, random: () => clock.random }
  const thrown = new Error('of one place')
  const again = () => report(client, { error: Object.assign(new Error('x'), { stack: thrown.stack }) }, ports)
  return { captured, client, clock, ports, again }
}

const LIMITED = { captured: false, reason: 'burst_limit' }

test('of one kind there is a burst, and then one each 10 s, however the clock is set', () => {
  const { again, clock } = rig()
  const results = Array.from({ length: 12 }, again)
  expect(results.filter(({ captured }) => captured)).toHaveLength(10)
  expect(results.at(-1)).toEqual(LIMITED)
  expect(warned).toHaveLength(1)
  clock.now += 10_000
  expect([again(), again()]).toEqual([{ captured: true }, LIMITED])
  clock.now -= 5_000_000
  expect(again()).toEqual(LIMITED)
  clock.now += 10_000
  expect([again(), again()]).toEqual([{ captured: true }, LIMITED])
  clock.now += 1_000_000
  expect(Array.from({ length: 12 }, again).filter(({ captured }) => captured)).toHaveLength(10)
})

test('other kinds have a burst of their own, and there is an end to kinds', () => {
  const { again, client, ports } = rig()
  for (let n = 0; n < 20; n++) again()
  const other = (n: number) => {
    const stack = `Error\n    at f (https://a.example/${n}.js:1:1)`
    return report(client, { error: Object.assign(new Error('x'), { stack }) }, ports)
  }
  expect(other(0)).toEqual({ captured: true })
  const results = Array.from({ length: 1_000 }, (_, n) => other(n + 1))
  expect(results.filter(({ captured }) => captured).length).toBeLessThan(120)
})

test('sampleRate leaves out its share, also by a function, and one that is unusable leaves out nothing', () => {
  const { client, ports, clock } = rig()
  const one = (message: string) => report(client, { error: new Error(message) }, ports)
  exceptions(client, { sampleRate: 0.5 })
  clock.random = 0.5
  expect(one('a')).toEqual({ captured: false, reason: 'sampled_out' })
  clock.random = 0.49
  expect(one('a')).toEqual({ captured: true })
  exceptions(client, { sampleRate: ({ value }) => (value === 'noise' ? 0 : 1) })
  expect([one('noise'), one('a')]).toEqual([{ captured: false, reason: 'sampled_out' }, { captured: true }])
  exceptions(client, { sampleRate: () => Number.NaN })
  expect(one('a')).toEqual({ captured: true })
  for (const sampleRate of [-1, 2, Number.NaN, '1']) exceptions(client, { sampleRate: sampleRate as number })
  expect(warned.filter((text) => text.includes('sampleRate'))).toHaveLength(4)
})

test('errors of extensions are left out where the page tells of them, unless they are asked for', () => {
  const { client, ports } = rig()
  const stack = 'Error\n    at f (chrome-extension://abc/content.js:1:1)\n    at g (https://a.example/a.js:1:1)'
  const one = (isAutomatic: boolean) =>
    report(client, { error: Object.assign(new Error('x'), { stack }), isAutomatic }, ports)
  expect([one(true), one(false)]).toEqual([{ captured: false, reason: 'extension' }, { captured: true }])
  exceptions(client, { extensions: true })
  expect(one(true)).toEqual({ captured: true })
})

test('a client, a choice or a property that throws costs no more than it has to, and nothing is thrown', () => {
  const broken: ExceptionClient = {
    capture() {
      throw new Error('broken client')
    },
  }
  expect(report(broken, { error: new Error('x') })).toEqual({ captured: false, reason: 'failed' })
  const { client, captured } = rig()
  const properties = {
    fine: 1,
    get thrown() {
      throw new Error('hostile')
    },
  }
  expect(report(client, { error: new Error('x'), properties })).toEqual({ captured: true })
  expect(captured[0]?.properties).toMatchObject({ fine: 1 })
  exceptions(client, {
    sampleRate() {
      throw new Error('broken option')
    },
  })
  expect(report(client, { error: new Error('y') })).toEqual({ captured: false, reason: 'failed' })
  expect(warned).toEqual([expect.stringContaining('broken client'), expect.stringContaining('broken option')])
})

test('the id of a release that a build has put in the page goes with the exception', () => {
  const { client, captured } = rig()
  Reflect.set(globalThis, '_posthogReleaseId', 'release-1')
  try {
    report(client, { error: new Error('x') })
  } finally {
    Reflect.deleteProperty(globalThis, '_posthogReleaseId')
  }
  expect(captured[0]?.properties.$release_id).toBe('release-1')
})
