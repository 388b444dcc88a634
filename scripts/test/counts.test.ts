import { describe, expect, it } from 'vitest'
import { type CountsKind, readCounts } from './counts'

const vitestReport = (over: object = {}) =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 2,
    testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
    ...over,
  })

const playwrightReport = (stats: object, errors: object[] = [], suites: object[] = []) =>
  JSON.stringify({ stats: { expected: 3, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors, suites })

const story = (lost: number) => ({ name: 's', captured: 9, delivered: 9 - lost, duplicates: 0, lost })

describe('vitest', () => {
  it('counts passed, failed, pending and todo', () => {
    expect(readCounts('vitest', vitestReport(), 0)).toEqual({
      passed: 5,
      failed: 0,
      skipped: 3,
      failures: [],
      note: '',
    })
  })

  it('counts a file that does not load as one failure', () => {
    const report = vitestReport({ testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }] })
    expect(readCounts('vitest', report, 1)).toMatchObject({ passed: 5, failed: 1, failures: ['a.test.ts'] })
  })

  it('counts a failed test once, not its file too', () => {
    const failed = { status: 'failed', fullName: 'adds', failureMessages: ['AssertionError:\n  3 is not 2'] }
    const report = vitestReport({ numFailedTests: 1, testResults: [{ status: 'failed', assertionResults: [failed] }] })
    const failures = ['adds: AssertionError: 3 is not 2']
    expect(readCounts('vitest', report, 1)).toMatchObject({ failed: 1, failures })
  })

  it('counts an error outside any test, which only the exit code shows', () => {
    expect(readCounts('vitest', vitestReport(), 1)).toMatchObject({
      passed: 5,
      failed: 1,
      note: expect.stringContaining('exit code 1'),
    })
  })
})

describe('playwright', () => {
  it('counts flaky checks as failed', () => {
    const report = playwrightReport({ unexpected: 1, flaky: 2, skipped: 4 })
    expect(readCounts('playwright', report, 1)).toMatchObject({ passed: 3, failed: 3, skipped: 4 })
  })

  it('names what failed, in whatever block of its file it stands', () => {
    const spec = (title: string, status: string) => ({ title, file: 'a.spec.ts', line: 3, tests: [{ status }] })
    const suites = [
      {
        specs: [spec('holds', 'expected')],
        suites: [{ specs: [spec('breaks', 'unexpected'), spec('wavers', 'flaky')] }],
      },
    ]
    const report = playwrightReport({ unexpected: 1, flaky: 1 }, [], suites)
    expect(readCounts('playwright', report, 1).failures).toEqual(['a.spec.ts:3 breaks', 'a.spec.ts:3 wavers'])
  })

  it('says at which line a check has failed, and what it found', () => {
    const message = '\u001b[31mexpect(received)\u001b[39m\n\nExpected: 2\nReceived: 3'
    const results = [{ error: { message, location: { line: 9 } } }]
    const specs = [{ title: 'breaks', file: 'a.spec.ts', line: 3, tests: [{ status: 'unexpected', results }] }]
    expect(readCounts('playwright', playwrightReport({ unexpected: 1 }, [], [{ specs }]), 1).failures).toEqual([
      'a.spec.ts:3 breaks: line 9: expect(received) Expected: 2 Received: 3',
    ])
  })

  it('counts errors outside checks', () => {
    const report = playwrightReport({ expected: 0 }, [{ message: 'no such config' }])
    expect(readCounts('playwright', report, 1)).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('replay', () => {
  it('passes the stories that lost nothing', () => {
    const report = JSON.stringify([story(0), { ...story(2), name: 'a tunnel' }, story(0)])
    expect(readCounts('replay', report, 1)).toMatchObject({ passed: 2, failed: 1, failures: ['a tunnel'] })
  })

  it('fails a story that fell short in another way than by losing events', () => {
    const report = JSON.stringify([story(0), { ...story(0), failure: '3 events arrived again' }])
    expect(readCounts('replay', report, 1)).toMatchObject({ passed: 1, failed: 1, note: '' })
  })

  it('skips what an engine cannot do', () => {
    const report = JSON.stringify([story(0), { ...story(0), skipped: 'no Background Sync' }])
    expect(readCounts('replay', report, 0)).toMatchObject({ passed: 1, failed: 0, skipped: 1 })
  })

  it('has a failure when only the exit code tells of one', () => {
    expect(readCounts('replay', JSON.stringify([story(0)]), 3)).toMatchObject({ passed: 1, failed: 1 })
  })
})

it('reads the summary of the compliance suite', () => {
  const summary = { passed: 192, failed: 1, skipped: 2 }
  expect(readCounts('compliance', JSON.stringify({ summary, tests: [] }), 1)).toMatchObject(summary)
})

describe('any suite', () => {
  it('is one check if only its exit code counts', () => {
    expect(readCounts('exit', undefined, 0)).toMatchObject({ passed: 1, failed: 0 })
    expect(readCounts('exit', undefined, 2)).toMatchObject({ passed: 0, failed: 1, note: '' })
  })

  it.each(['vitest', 'playwright', 'replay', 'compliance'])('fails once without a report (%s)', (kind) => {
    const counted = kind as CountsKind
    for (const report of [undefined, '', '{', '{}', 'null']) {
      expect(readCounts(counted, report, 0)).toEqual({
        passed: 0,
        failed: 1,
        skipped: 0,
        failures: [],
        note: 'no readable report',
      })
    }
  })

  it('fails if no check ran', () => {
    expect(readCounts('replay', '[]', 0)).toMatchObject({ passed: 0, failed: 1, note: 'no check ran' })
    expect(readCounts('playwright', playwrightReport({ expected: 0 }), 0)).toMatchObject({ failed: 1 })
  })
})
