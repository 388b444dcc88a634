import { expect, test } from 'vitest'
import { unanswered } from './unanswered'

test('where nobody can be asked, as on a server that renders a page, a question about a flag has its default for an answer', () => {
  const { isFeatureEnabled } = unanswered(
    () => 0,
    () => 0,
  )
  expect([true, false].map((defaultValue) => isFeatureEnabled('beta', { defaultValue }))).toEqual([true, false])
  expect(isFeatureEnabled('beta')).toBe(undefined)
  expect(isFeatureEnabled('beta', null as never)).toBe(undefined)
})
