import { expect, it } from 'vitest'
import { readCounts } from '../../scripts/test/counts'
import { NOTHING } from './account'
import { NO_REQUESTS } from './account-of-requests'
import { figures, forMachines, progressLine } from './figures'

const passed = {
  ...NOTHING,
  ...NO_REQUESTS,
  round: 1,
  seed: 7,
  captured: 12,
  acknowledged: 10,
  owed: 9,
  delivered: 11,
  unacknowledged: 2,
  arrivedAnyway: 1,
  duplicates: 3,
  requests: 5,
  requestsStored: 4,
  requestsArrived: 4,
  requestsRepeated: 1,
  faults: { 'kill-browser': 1, 'cut-network': 2 },
  seconds: 6,
}
const failed = { ...passed, round: 2, seed: 8, lost: 0, breaches: ['the queue was not drained: 4 pending'] }

it('a run ends in one line that has every figure', () => {
  expect(figures([passed, failed], 7)).toBe(
    '2 rounds from seed 7, 1 failed; 6 faults (cut-network 4, kill-browser 2); 24 events captured; 20 acknowledged; ' +
      '18 captured in time; 0 lost; 6 duplicates of lost answers; 10 requests given, 8 stored, 8 arrived, 0 lost, 2 sent again; 4 never acknowledged, of which 2 arrived anyway; 0.2 min',
  )
})

it('the line of a round says what was done to it and what became of it', () => {
  expect(progressLine(passed, 10)).toBe(
    'ok    1/10 seed 7: 10 acknowledged, 9 in time, 0 lost, 3 duplicates; requests: 4 stored, 0 lost, 1 repeated; 6.0 s (cut-network 2, kill-browser 1)',
  )
  expect(progressLine(failed, 10)).toMatch(/^FAIL {2}2\/10/)
})

it('npm test counts each round as a check', () => {
  expect(readCounts('replay', forMachines([passed, passed]), 0)).toMatchObject({ passed: 2, failed: 0 })
  expect(readCounts('replay', forMachines([passed, failed]), 1)).toMatchObject({ failed: 1 })
})
