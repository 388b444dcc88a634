import { expect, it } from 'vitest'
import { type Contracts, contractPage, readContracts, standingOf } from './contract-table'

const contracts: Contracts = {
  source: 'example.com/specs',
  commit: '0123456789',
  commitDate: '2026-01-01',
  audit: { path: 'audit.md', date: '2026-01-02', of: 'posthog-js at 5' },
  gaps: [],
  contracts: [
    {
      name: 'alias',
      audit: 'partial',
      scenarios: ['It links', 'It refuses'],
      elsewhere: [{ scenario: 'A server links', reason: 'for servers' }],
    },
  ],
}
const ran = (title: string, passed = true, contract = 'alias') => ({ places: ['a file', contract], title, passed })

it('a scenario is passed once each of its tests is: one of its name, or one for each example', () => {
  const { passed, problems } = standingOf(contracts, [ran('It links: a'), ran('It links: b'), ran('It refuses')])
  expect([...passed]).toEqual(['alias: It links', 'alias: It refuses'])
  expect(problems).toEqual([])
})

it('no test, a failing test, one of another contract and one of a longer name are problems', () => {
  const runs = [ran('It links: a'), ran('It links: b', false), ran('It refuses', true, 'group'), ran('It refuses it')]
  expect(standingOf(contracts, runs).problems).toEqual([
    'its test fails: alias: It links',
    'has no test: alias: It refuses',
  ])
})

it('a gap needs no test, and is none any more once it is passed', () => {
  const gaps = ['alias: It refuses']
  expect(standingOf({ ...contracts, gaps }, [ran('It links')]).problems).toEqual([])
  expect(standingOf({ ...contracts, gaps }, [ran('It links'), ran('It refuses')]).problems).toEqual([
    'is passed, so it is no gap any more: alias: It refuses',
  ])
  expect(standingOf({ ...contracts, gaps: ['alias: It was renamed'] }, []).problems.at(-1)).toContain('no scenario')
})

it('the page has a row for each contract, the gaps, and what cannot apply with its reason', () => {
  const page = contractPage({ ...contracts, gaps: ['alias: It refuses'] }, new Set(['alias: It links']))
  expect(page).toContain('| alias | 2 | 1 | partial |')
  expect(page).toContain('- alias: “It refuses”')
  expect(page).toContain('- alias: “A server links”, for servers.')
})

it('the list has no scenario twice', () => {
  const ids = readContracts().contracts.flatMap(({ name, scenarios }) => scenarios.map((one) => `${name}: ${one}`))
  expect(new Set(ids).size).toBe(ids.length)
})

it('the gaps become fewer', () => {
  expect(readContracts().gaps.length).toBeLessThanOrEqual(13)
})
