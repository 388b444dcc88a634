import { expect, it } from 'vitest'
import { failedSuite, type Suite, skippedSuite } from './run-suite'
import { summaryLine } from './summary'

const suite: Suite = {
  name: 'firefox',
  command: 'node',
  args: [],
  counts: 'replay',
  browser: 'firefox',
  optional: true,
}

it('counts a suite without its browser as skipped, neither passed nor failed', () => {
  expect(summaryLine([skippedSuite(suite, 'no Firefox')])).toBe('0 passed, 0 failed, 1 skipped')
})

it('counts a suite that could not run as failed', () => {
  expect(summaryLine([failedSuite(suite, 'crashed')])).toBe('0 passed, 1 failed')
})
