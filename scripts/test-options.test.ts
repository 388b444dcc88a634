import { expect, it } from 'vitest'
import { parseTestOptions } from './test-options'

const names = ['types', 'unit', 'e2e']

it('reads the options', () => {
  expect(parseTestOptions([], names)).toEqual({ list: false, only: names })
  expect(parseTestOptions(['--list'], names)).toMatchObject({ list: true })
  expect(parseTestOptions(['--only', 'unit,e2e'], names)).toMatchObject({ only: ['unit', 'e2e'] })
  expect(parseTestOptions(['--only=unit', '--only', 'types'], names)).toMatchObject({ only: ['types', 'unit'] })
})

it('refuses what it does not know', () => {
  expect(() => parseTestOptions(['--only', 'units'], names)).toThrow(/--only: units is not one of types, unit, e2e/)
  expect(() => parseTestOptions(['--only'], names)).toThrow(/--only/)
  expect(() => parseTestOptions(['--watch'], names)).toThrow(/Unknown option '--watch'[\s\S]*npm test -- --list/)
})
