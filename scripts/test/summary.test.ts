import { expect, it } from 'vitest'
import { failureLines, resultLine, summaryLine, summaryTable } from './summary'

const unit = { name: 'unit', passed: 120, failed: 0, skipped: 0, failures: [], seconds: 3.24, note: '' }
const failures = ['page-exit.spec.ts:9 a page that closes']
const e2e = { name: 'e2e', passed: 7, failed: 1, skipped: 2, failures, seconds: 61, note: 'timed out' }

it('adds up the suites', () => {
  expect(summaryLine([unit])).toBe('120 passed, 0 failed')
  expect(summaryLine([unit, e2e])).toBe('127 passed, 1 failed, 2 skipped')
})

it('tells of one suite, and of what it skipped', () => {
  expect(resultLine(unit)).toBe('120 passed, 0 failed, 3.2 s')
  expect(resultLine(e2e)).toBe('7 passed, 1 failed, 2 skipped, 61.0 s (timed out)')
})

it('names each check that failed', () => {
  expect(failureLines([unit, e2e])).toEqual(['FAILED e2e: page-exit.spec.ts:9 a page that closes'])
})

it('lines up the table', () => {
  expect(summaryTable([unit, e2e]).split('\n')).toEqual([
    'suite  passed  failed  skipped  seconds',
    '-----  ------  ------  -------  -------  ---------',
    'unit      120       0        0      3.2',
    'e2e         7       1        2     61.0  timed out',
  ])
})
