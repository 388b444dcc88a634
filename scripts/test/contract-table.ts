/** PostHog's contracts for client SDKs: which scenario a test of ours has passed, as a table. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../paths'
import { table } from '../table'

/** How PostHog's own audit has judged posthog-js. A contract may be younger than the audit. */
type Verdict = 'pass' | 'partial' | 'fail' | 'not judged'

interface Contract {
  name: string
  audit: Verdict
  /** Which version of the contract, where that is not the one of the commit. */
  version?: string
  /** The names of the scenarios that apply to a client in a browser. */
  scenarios: string[]
  /** Those that cannot apply there, and why. */
  elsewhere?: { scenario: string; reason: string }[]
}

export interface Contracts {
  source: string
  commit: string
  commitDate: string
  audit: { path: string; date: string; of: string }
  /** The scenarios that no test passes yet, as `contract: scenario`. The list can only become shorter. */
  gaps: string[]
  contracts: Contract[]
}

/** A test of ours, named `scenario` or, for one of its examples, `scenario: the example`. */
export interface TestRun {
  /** The name of its file and that of the group around it: either may name the contract. */
  places: string[]
  title: string
  passed: boolean
}

interface Standing {
  /** Scenarios whose every test has passed, as `contract: scenario`. */
  passed: Set<string>
  /** What is wrong with the list or with the tests; empty if nothing is. */
  problems: string[]
}

export const readContracts = (): Contracts =>
  JSON.parse(readFileSync(path.join(root, 'scripts/test/contracts.json'), 'utf8'))

const idOf = (contract: string, scenario: string) => `${contract}: ${scenario}`

export function standingOf({ contracts, gaps }: Contracts, runs: TestRun[]): Standing {
  const passed = new Set<string>()
  const problems: string[] = []
  const known = new Set<string>()
  for (const { name, scenarios } of contracts) {
    for (const scenario of scenarios) {
      const id = idOf(name, scenario)
      known.add(id)
      const own = runs.filter(({ places, title }) => places.includes(name) && isOf(title, scenario))
      const isPassed = own.length > 0 && own.every((run) => run.passed)
      const isGap = gaps.includes(id)
      if (isPassed) passed.add(id)
      if (isPassed && isGap) problems.push(`is passed, so it is no gap any more: ${id}`)
      if (!isPassed && !isGap) problems.push(own.length > 0 ? `its test fails: ${id}` : `has no test: ${id}`)
    }
  }
  for (const gap of gaps) if (!known.has(gap)) problems.push(`is a gap, but no scenario: ${gap}`)
  return { passed, problems }
}

const isOf = (title: string, scenario: string) => title === scenario || title.startsWith(`${scenario}: `)

const counted = ({ name, scenarios }: Contract, passed: Set<string>) =>
  scenarios.filter((scenario) => passed.has(idOf(name, scenario))).length

/** @returns plain text, for a terminal */
export function shownTable({ contracts }: Contracts, passed: Set<string>): string {
  const rows = contracts.map((one) => [one.name, String(one.scenarios.length), String(counted(one, passed)), one.audit])
  return table(
    ['contract', 'scenarios', 'passed', 'posthog-js'],
    [...rows, ['all', String(allOf(contracts)), String(passed.size), auditSum(contracts)]],
    { left: [0, 3] },
  )
}

/** @returns Markdown */
export function contractPage(data: Contracts, passed: Set<string>): string {
  const { contracts, gaps, source, commit, commitDate, audit } = data
  const rows = contracts.map(
    (one) => `| ${one.name} | ${one.scenarios.length} | ${counted(one, passed)} | ${one.audit} |`,
  )
  const elsewhere = contracts.flatMap(({ name, elsewhere = [] }) =>
    elsewhere.map(({ scenario, reason }) => `- ${name}: “${scenario}”, ${reason}.`),
  )
  return `${[
    "# PostHog's contract for client SDKs",
    [
      'PostHog has written down what its SDKs must do, as scenarios. Each one that applies to a client in a browser is a test',
      'of that name, through the whole client on a virtual clock: `src/client/acceptance/`. `npm run contract` runs them and',
      'compares this page; `npm run contract -- --update` writes it.',
    ].join('\n'),
    [
      `The scenarios are those of [${source}](https://${source}) at its commit \`${commit.slice(0, 7)}\` of ${commitDate}. Beside them is`,
      `PostHog's own audit of ${audit.of.split(' at ')[0]}, in \`${audit.path}\` there, of ${audit.date}: whether it keeps the contract in full`,
      '(`pass`), in part (`partial`) or not (`fail`).',
    ].join('\n'),
    ...contracts.flatMap(({ name, version }) => (version ? [`Of ${name} it is ${version}.`] : [])),
    [
      '| contract | scenarios | passed | posthog-js |',
      '|---|---|---|---|',
      ...rows,
      `| **all ${contracts.length}** | **${allOf(contracts)}** | **${passed.size}** | ${auditSum(contracts)} |`,
    ].join('\n'),
    ...(gaps.length > 0 ? ['## Not passed yet', gaps.map((gap) => `- ${gap.replace(': ', ': “')}”`).join('\n')] : []),
    '## What cannot apply to a browser',
    elsewhere.join('\n'),
  ].join('\n\n')}\n`
}

const allOf = (contracts: Contract[]) => contracts.reduce((sum, { scenarios }) => sum + scenarios.length, 0)

function auditSum(contracts: Contract[]): string {
  const sum = (verdict: Verdict) => contracts.filter(({ audit }) => audit === verdict).length
  const rest = sum('not judged')
  return `${sum('pass')} pass, ${sum('partial')} partial, ${sum('fail')} fail${rest > 0 ? `, ${rest} not judged` : ''}`
}
