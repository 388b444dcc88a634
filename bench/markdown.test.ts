import { describe, expect, it } from 'vitest'
import { comparisonTable, deliveryTable, markdownTable, scaleTable, sizeTable, tables } from './markdown'
import { resultsWith, TOLD } from './testing'

describe('tables', () => {
  it('have a rule below the head, and are nothing without rows', () => {
    expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --: |\n| 1 | 2 |')
    expect(markdownTable(['a'], [])).toBe('')
  })

  it('are left out where nothing was measured', () => {
    expect(tables(resultsWith({}))).toEqual([])
  })

  it('tell what was lost, what came twice and how long it took', () => {
    const table = deliveryTable(
      resultsWith({
        delivery: [
          TOLD,
          { ...TOLD, story: 'answer lost', duplicates: 4 },
          { ...TOLD, story: 'killed', delivered: 0, lost: 10, lastDeliveryMs: null },
          { ...TOLD, story: 'hang', delivered: 7, lost: 3 },
        ],
      }),
    )
    expect(table).toContain('| steady online | 1.5 s |')
    expect(table).toContain('| answer lost | 1.5 s, 4 twice |')
    expect(table).toContain('| killed | **all 10 lost** |')
    expect(table).toContain('| hang | **3 of 10 lost** |')
  })

  it('have a second row where a peer has a bridge', () => {
    const sentry = { ...TOLD, peer: 'sentry' }
    const results = resultsWith({
      size: [
        {
          peer: 'sentry',
          first: { brotli: 5_000, gzip: 6_000 },
          later: { brotli: 0, gzip: 0 },
          worker: { brotli: 0, gzip: 0 },
        },
      ],
      delivery: [
        TOLD,
        sentry,
        { ...sentry, peer: 'sentry-outlast' },
        { ...sentry, story: '503 for 20 s', delivered: 0, lost: 10 },
        { ...sentry, story: '503 for 20 s', peer: 'sentry-outlast' },
      ],
    })
    const lines = deliveryTable(results).split('\n')
    expect(lines[0]?.match(/outlast/g)).toHaveLength(1)
    expect(lines).toContain('| ↳ with outlast | 1.5 s | – |')
    expect(comparisonTable(results)).toContain('| ↳ with outlast | – | – | – | – | delivered | – | – | – |')
  })

  it('count nothing of a peer that does not deliver in peace', () => {
    const peer = 'posthog-js'
    const delivery = [
      { ...TOLD, peer, delivered: 9, lost: 1 },
      { ...TOLD, peer, story: 'answer lost' },
    ]
    expect(deliveryTable(resultsWith({ delivery }))).toContain('| answer lost | – |')
    expect(tables(resultsWith({ delivery, capture: [{ peer, medianUs: 1, p99Us: 1 }] })).join()).not.toContain('| 1 |')
  })

  it('show what a backlog takes beside what the browser alone takes', () => {
    const backlog = {
      peer: 'outlast',
      events: 10_000,
      delivered: 10_000,
      durableMs: 500,
      drainMs: 1_000,
      requests: 20,
      bytesPerEvent: 30,
      wireBytesPerEvent: 40,
      workerBytes: null,
      workerPeakBytes: null,
    }
    const limits = { events: 10_000, stringifyMs: 1, indexedDbMs: 250, fetchMs: 500 }
    const lines = scaleTable(
      resultsWith({
        backlog: [backlog],
        limits: [limits],
        onePerTask: { backlog: { ...backlog, drainMs: 2_000 }, limits },
      }),
    ).split('\n')
    expect(lines.slice(2)).toEqual([
      '| outlast, 10,000 | all | 0.5 s | 1 s | 10,000 | 20 | 40 | – |',
      '| bare, 10,000 | – | 0.25 s (IndexedDB) | 0.5 s (fetch) | 20,000 | – | – | – |',
      '| outlast, 10,000, one per task | all | 0.5 s | 2 s | 5,000 | 20 | 40 | – |',
      '| bare, 10,000, one per task | – | 0.25 s (IndexedDB) | 0.5 s (fetch) | 20,000 | – | – | – |',
    ])
  })

  it('compare sizes and fates for somebody who chooses', () => {
    const results = resultsWith({
      size: [
        {
          peer: 'outlast',
          first: { brotli: 5_000, gzip: 6_000 },
          later: { brotli: 2_000, gzip: 3_000 },
          worker: { brotli: 9_000, gzip: 10_000 },
        },
      ],
      delivery: [TOLD, { ...TOLD, story: 'tab closed offline, never back' }],
    })
    expect(comparisonTable(results)).toContain('| **outlast** | delivered | – | – | – | – | – | 7.0 kB + 9.0 kB | – |')
    expect(sizeTable(results)).toContain('| outlast 1.0.0 | 5.0 (6.0) | 2.0 (3.0) | 9.0 (10.0) |')
  })
})
