import { expect, test } from 'vitest'
import { configOf } from '../../../test/support/core/fixtures'
import { readPath } from './endpoint'
import { readQueueConfig } from './read-queue-config'

test.each(['/', '/events', ' /a/b.php?key=1&x=%20 ', '/~me/@in', `/${'x'.repeat(499)}`])('%s is a path', (path) => {
  expect(readPath(path)).toBe(path.trim())
})

test.each([
  '',
  'events',
  'https://a.example/events',
  '/a b',
  '/a#b',
  '/a\\b',
  '/ü',
  '/a\nb',
  `/${'x'.repeat(500)}`,
  5,
  null,
  {},
])('P11: %j is no path', (path) => {
  expect(readPath(path)).toBeUndefined()
})

test('an endpoint that was stored is read as it was, and may have headers', () => {
  const endpoint = { path: '/events', body: 'ndjson' }
  expect(readQueueConfig({ ...configOf(), style: 'simple', endpoint })).toMatchObject({ endpoint, style: 'headers' })
  expect(readQueueConfig({ ...configOf(), endpoint: undefined })).not.toHaveProperty('endpoint')
})

test.each([false, '/events', {}, { path: '/events' }, { path: 'x', body: 'json' }])(
  "P10: a stored endpoint %j, which is damaged, is the site's own all the same, and has no path",
  (endpoint) => {
    expect(readQueueConfig({ ...configOf(), endpoint })?.endpoint).toMatchObject({ path: '' })
  },
)
