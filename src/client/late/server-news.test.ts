import { expect, test } from 'vitest'
import { speaking } from '../../../test/support/core/speaking'
import { createServerNews } from './server-news'

const HOST = 'https://eu.i.posthog.com/ingest'

function teller(isOnline = true) {
  const said: string[] = []
  const tell = createServerNews(`phc_test ${HOST}`, speaking(said).warnOf, () => isOnline)
  return { said, tell }
}

test.each([
  ['status 401: unknown key', 'API key'],
  ['status 403', 'API key'],
  ['status 404', 'check host'],
  ['status 400: no event name', 'what the server said'],
  ['status 418', "on('drop')"],
])('P11: after %s the site is told once what to check', (refusedBy, check) => {
  const { said, tell } = teller()
  for (let times = 0; times < 3; times++) tell({ refusedBy })
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(`${HOST} refused events for good, which are dropped (${refusedBy})`)
  expect(said[0]).toContain(check)
})

test('P11: each status is told once, whatever the server says with it, and no more than a few', () => {
  const { said, tell } = teller()
  tell({ refusedBy: 'status 401: one' })
  tell({ refusedBy: 'status 401: two' })
  for (let n = 0; n < 20; n++) tell({ refusedBy: `drop ${n}` })
  expect(said).toHaveLength(5)
})

test('P11: a host that nobody answers at is told once, with what to check, and not while the device is offline', () => {
  const { said, tell } = teller()
  for (let times = 0; times < 3; times++) tell({ unanswered: 'unreachable: TypeError: Failed to fetch' })
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(`no answer from ${HOST} (unreachable: TypeError: Failed to fetch)`)
  expect(said[0]).toContain('connect-src')
  tell({ unanswered: 'status 502' })
  expect(said[1]).toContain(`${HOST} has answered with nothing but errors (status 502)`)
  const offline = teller(false)
  offline.tell({ unanswered: 'timeout' })
  expect(offline.said).toEqual([])
})
