/**
 * Runs the tests of PostHog's contract for client SDKs and compares docs/contract.md with what they say. With
 * `--update` it writes the page.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { localBin } from '../local-bin'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { runChild } from './child'
import { contractPage, readContracts, shownTable, standingOf, type TestRun } from './contract-table'

const PAGE = path.join(root, 'docs/contract.md')
const TESTS = 'src/client/acceptance'
/** The tests run on a virtual clock, so they end soon. */
const LIMIT_MS = 300_000

interface VitestReport {
  testResults: { name: string; assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[]
}

async function runTests(): Promise<TestRun[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-contract-'))
  const file = path.join(folder, 'report.json')
  try {
    const args = ['run', '--project', 'node', TESTS, '--reporter', 'json', '--outputFile', file]
    const { held } = await runChild(process.execPath, [localBin('vitest'), ...args], {
      cwd: root,
      env: process.env,
      shell: false,
      captureStdout: false,
      holdOutput: true,
      limitMs: LIMIT_MS,
      stop: new AbortController().signal,
    })
    if (!existsSync(file)) throw new Problem(`The tests in ${TESTS} did not run.\n${held}`)
    const { testResults }: VitestReport = JSON.parse(readFileSync(file, 'utf8'))
    return testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => ({
        places: [path.basename(name, '.test.ts'), ...ancestorTitles],
        title,
        passed: status === 'passed',
      })),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await run(async () => {
  const contracts = readContracts()
  const { passed, problems } = standingOf(contracts, await runTests())
  const page = contractPage(contracts, passed)
  console.log(shownTable(contracts, passed))
  if (process.argv.includes('--update')) writeFileSync(PAGE, page)
  else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page)
    problems.push('docs/contract.md is behind the tests: run "npm run contract -- --update"')
  if (problems.length > 0) throw new Problem(problems.join('\n'))
})
