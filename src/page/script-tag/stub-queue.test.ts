import { afterEach, expect, test, vi } from 'vitest'
import type { Outlast } from '../types'
import { takeCommands } from './stub-queue'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

test('P1: a script that has kept the array goes on adding commands to it', () => {
  const kept: unknown[] = [['capture', 'before']]
  vi.stubGlobal('window', { outlast: kept })
  const captured: unknown[] = []
  const client = { capture: (name: string) => void captured.push(name) } as unknown as Outlast
  takeCommands(client, { init: () => client })
  kept.push(['capture', 'after'])
  expect(captured).toEqual(['before', 'after'])
})

test('P1: an array that is frozen is taken all the same', () => {
  vi.stubGlobal('window', { outlast: Object.freeze([['capture', 'before']]) })
  const captured: unknown[] = []
  const client = { capture: (name: string) => void captured.push(name) } as unknown as Outlast
  takeCommands(client, { init: () => client })
  expect(captured).toEqual(['before'])
})

test('P11: a command that cannot be read or fails is refused with a reason, and those after it run', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const unreadable = Object.defineProperty([1], 0, {
    get() {
      throw new Error('hostile')
    },
  })
  const queued = [[10n], unreadable, ['identify', 'x'], [], ['capture', 'signup']]
  Object.defineProperty(queued, 3, Object.getOwnPropertyDescriptor(unreadable, 0) as PropertyDescriptor)
  vi.stubGlobal('window', { outlast: queued })
  const captured: unknown[] = []
  const client = {
    capture: (name: string) => void captured.push(name),
    identify() {
      throw new Error('patched')
    },
  } as unknown as Outlast
  takeCommands(client, { init: () => client })
  expect(captured).toEqual(['signup'])
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    expect.stringContaining('10 is no command'),
    expect.stringContaining('hostile'),
    expect.stringContaining('patched'),
    expect.stringContaining('hostile'),
  ])
})

test("P10: a method that the bridge to posthog-js puts in another's place is called by every entrance", () => {
  for (const early of [true, false]) {
    vi.stubGlobal('window', {})
    const captured: string[] = []
    const client = { capture: () => void captured.push('own') } as unknown as Outlast
    takeCommands(early ? client : undefined, { init: () => client })
    const { outlast } = window as unknown as {
      outlast: Outlast & { push(...commands: unknown[]): void; init(): Outlast }
    }
    outlast.init()
    for (const [by, changed] of Object.entries({ face: outlast, client })) {
      captured.length = 0
      Object.assign(changed, { capture: () => void captured.push(by) })
      outlast.push(['capture', 'a'])
      outlast.init().capture('b')
      outlast.capture('c')
      client.capture('d')
      expect(captured).toEqual([by, by, by, by])
    }
  }
})
