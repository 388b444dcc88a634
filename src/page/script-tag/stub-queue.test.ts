import { afterEach, expect, test, vi } from 'vitest'
import type { Outlast } from '../types'
import { takeCommands } from './stub-queue'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
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
