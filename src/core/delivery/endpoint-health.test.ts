import { expect, test } from 'vitest'
import type { Verdict } from '../protocol/verdict'
import { createEndpointHealth } from './endpoint-health'

const UNREACHABLE: Verdict = { kind: 'retry', cause: 'unreachable', answered: false, retryAfter: null }
const FAILED: Verdict = { kind: 'retry', cause: 'status 503', answered: true, retryAfter: null }
const REJECTED: Verdict = { kind: 'rejected', status: 400, detail: 'status 400' }

test('three requests in a row that fail are a long streak, which an answer ends', () => {
  const { failures, record } = createEndpointHealth()
  for (const verdict of [FAILED, UNREACHABLE]) record(verdict, 0)
  expect(failures.isLong()).toBe(false)
  record(FAILED, 0)
  expect(failures.isLong()).toBe(true)
  record(REJECTED, 0)
  expect(failures.isLong()).toBe(false)
})

test('an endpoint that answers with failures is reachable', () => {
  const { unreachable, record } = createEndpointHealth()
  for (const verdict of [UNREACHABLE, UNREACHABLE, FAILED, UNREACHABLE]) record(verdict, 0)
  expect(unreachable.isLong()).toBe(false)
  for (const verdict of [UNREACHABLE, UNREACHABLE]) record(verdict, 0)
  expect(unreachable.isLong()).toBe(true)
})

test('a streak can be counted anew', () => {
  const { failures, unreachable, record } = createEndpointHealth()
  for (const verdict of [UNREACHABLE, UNREACHABLE, UNREACHABLE]) record(verdict, 0)
  failures.reset()
  expect([failures.isLong(), unreachable.isLong()]).toEqual([false, true])
})

test('what the site has to change is known until the next verdict', () => {
  const health = createEndpointHealth()
  health.record({ ...UNREACHABLE, blockedBy: 'a policy forbids requests' }, 0)
  expect(health.blockedBy).toBe('a policy forbids requests')
  health.record(FAILED, 0)
  expect(health.blockedBy).toBeUndefined()
})

test('P11: a refusal for good is told once, and again after the next one', () => {
  const { refused, news } = createEndpointHealth()
  expect(news()).toEqual({})
  refused('status 401: unknown key')
  expect(news()).toEqual({ refusedBy: 'status 401: unknown key' })
  expect(news()).toEqual({})
  refused('status 404')
  expect(news()).toEqual({ refusedBy: 'status 404' })
})

const SILENT: Verdict = { ...UNREACHABLE, cause: 'unreachable: TypeError: Failed to fetch' }

test('P11: a host that answers nothing for seconds is told of, a network that fails for a moment is not', () => {
  const { record, news } = createEndpointHealth()
  record(SILENT, 0)
  record(SILENT, 3_000)
  expect(news()).toEqual({})
  record({ ...FAILED, cause: 'timeout' }, 6_000)
  expect(news()).toEqual({ unanswered: 'timeout' })
  record(FAILED, 7_000)
  record(SILENT, 8_000)
  record(SILENT, 12_000)
  expect(news()).toEqual({})
})

test('P11: a server that answers with errors for half a minute is told of, and one that is deployed anew is not', () => {
  const { record, news } = createEndpointHealth()
  record(FAILED, 0)
  record(FAILED, 20_000)
  record(SILENT, 21_000)
  record(FAILED, 22_000)
  record(FAILED, 51_000)
  expect(news()).toEqual({})
  record(FAILED, 52_000)
  expect(news()).toEqual({ unanswered: FAILED.cause })
})

test.each([
  ['a request that this sender aborted', { ...SILENT, abandoned: true }],
  ['what a policy forbids, which is told by itself', { ...SILENT, blockedBy: 'a policy' }],
  ['an answer, if only that there are too many requests', { ...FAILED, cause: 'status 429' }],
] satisfies [string, Verdict][])('%s is no silence of the host', (_, verdict) => {
  const { record, news } = createEndpointHealth()
  record(verdict, 0)
  record(verdict, 60_000)
  expect(news()).toEqual({})
})
