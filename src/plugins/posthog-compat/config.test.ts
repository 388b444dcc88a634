import { expect, test } from 'vitest'
import { outlastOptions, withDefaults } from './config'
import type { PostHogConfig } from './types'

const optionOf = (given: PostHogConfig) =>
  outlastOptions(withDefaults('phc_test', given, 'posthog'), false).crossSubdomain

test('subdomains share a cookie where the site says so, and posthog-js would keep one', () => {
  expect(optionOf({ cross_subdomain_cookie: true })).toBe(true)
  expect(optionOf({ cross_subdomain_cookie: true, persistence: 'cookie' })).toBe(true)
  expect(optionOf({ cross_subdomain_cookie: true, persistence: 'localStorage' })).toBeUndefined()
  expect(optionOf({ cross_subdomain_cookie: false })).toBeUndefined()
  expect(optionOf({})).toBeUndefined()
  expect(optionOf({ outlast: { crossSubdomain: true } })).toBe(true)
})
