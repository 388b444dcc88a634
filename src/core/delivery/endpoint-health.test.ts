import { expect, test } from 'vitest'
import type { Verdict } from '../protocol/verdict'
import { createEndpointHealth } from './endpoint-health'

const UNREACHABLE: Verdict = { kind: 'retry', cause: 'unreachable', answered: false, retryAfter: null }
const FAILED: Verdict = { kind: 'retry', cause: 'status 503', answered: true, retryAfter: null }
const REJECTED: Verdict = { kind: 'rejected', status: 400, detail: 'status 400' }

test('three requests in a row that fail are a long streak, which an answer ends', () => {
  const { failures, record } = createEndpointHealth()
  for (const verdict of [FAILED, UNREACHABLE]) record(verdict)
  expect(failures.isLong()).toBe(false)
  record(FAILED)
  expect(failures.isLong()).toBe(true)
  record(REJECTED)
  expect(failures.isLong()).toBe(false)
})

test('an endpoint that answers with failures is reachable', () => {
  const { unreachable, record } = createEndpointHealth()
  for (const verdict of [UNREACHABLE, UNREACHABLE, FAILED, UNREACHABLE]) record(verdict)
  expect(unreachable.isLong()).toBe(false)
  for (const verdict of [UNREACHABLE, UNREACHABLE]) record(verdict)
  expect(unreachable.isLong()).toBe(true)
})

test('a streak can be counted anew', () => {
  const { failures, unreachable, record } = createEndpointHealth()
  for (const verdict of [UNREACHABLE, UNREACHABLE, UNREACHABLE]) record(verdict)
  failures.reset()
  expect([failures.isLong(), unreachable.isLong()]).toEqual([false, true])
})

test('what the site has to change is known until the next verdict', () => {
  const health = createEndpointHealth()
  health.record({ ...UNREACHABLE, blockedBy: 'a policy forbids requests' })
  expect(health.blockedBy).toBe('a policy forbids requests')
  health.record(FAILED)
  expect(health.blockedBy).toBeUndefined()
})
