import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Outlast } from '../types'
import { holdCaptures } from './hold-captures'

const listeners: Record<string, () => void> = {}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-31T12:00:00Z') })
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => {
    listeners[name] = listener
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function held(loading: Promise<unknown>) {
  const captured: unknown[][] = []
  const client = { capture: (...given: unknown[]) => void captured.push(given) } as unknown as Outlast
  holdCaptures(client, loading)
  return { client, captured }
}

const never = new Promise(() => undefined)
const timestamp = new Date('2026-01-31T12:00:00Z')

test('what is captured waits for the code, as it was at its time', async () => {
  let arrived: (() => void) | undefined
  const { client, captured } = held(
    new Promise<void>((resolve) => {
      arrived = resolve
    }),
  )
  const properties = { step: 1 }
  client.capture('a', properties)
  properties.step = 2
  client.capture('b', undefined, { uuid: 'u' })
  expect(captured).toEqual([])
  arrived?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(captured).toEqual([
    ['a', { step: 1 }, { timestamp }],
    ['b', undefined, { timestamp, uuid: 'u' }],
  ])
  client.capture('c')
  expect(captured.at(-1)).toEqual(['c', undefined, undefined])
})

test.each(['pagehide', 'visibilitychange'])('a page that is left (%s) waits no longer', (left) => {
  const { client, captured } = held(never)
  client.capture('a')
  listeners[left]?.()
  expect(captured).toHaveLength(1)
})

test('code that cannot be had, or never comes, holds nothing up', async () => {
  const failed = held(Promise.reject(Error('404')))
  failed.client.capture('a')
  await vi.advanceTimersByTimeAsync(0)
  expect(failed.captured).toHaveLength(1)
  const waiting = held(never)
  waiting.client.capture('a')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(waiting.captured).toHaveLength(1)
})
