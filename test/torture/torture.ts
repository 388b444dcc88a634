/**
 * `npm run torture`: real Chromium under load while it is killed, crashed, stopped and cut off at random moments. What
 * a page knew to be committed must arrive.
 *
 *     npm run torture -- --rounds 100            as many rounds, each on a fresh profile
 *     npm run torture -- --seed 1234 --rounds 1  the plan of that seed again
 *     npm run torture -- --only kill-browser     these faults alone (comma-separated)
 *     npm run torture -- --safe-ms 1000          what was captured so long before a fault is owed, where 250 is too little
 *     npm run torture -- --json                  for machines: only an array on standard output
 *
 * It fails when a promise is broken, and then keeps the round's profile.
 */

import { ensureBuild } from '../../scripts/build/ensure-build'
import { commandLine, someOf, wholeNumber } from '../../scripts/command-line'
import { run } from '../../scripts/problem'
import { figures, forMachines, progressLine } from './figures'

const DEFAULT_ROUNDS = 5

/** Round after round takes the next seed, so the first one leaves room below 2 ** 32. */
const MOST_SEED = 2 ** 31

await run(async () => {
  const values = commandLine(import.meta.url, {
    rounds: { type: 'string', default: String(DEFAULT_ROUNDS) },
    seed: { type: 'string', default: String(Math.floor(Math.random() * MOST_SEED)) },
    only: { type: 'string' },
    'safe-ms': { type: 'string' },
    json: { type: 'boolean' },
  })
  const rounds = wholeNumber('rounds', values.rounds, { least: 1, most: MOST_SEED })
  const seed = wholeNumber('seed', values.seed, { most: MOST_SEED })
  ensureBuild()
  const { ensureChromium } = await import('../../scripts/browsers/browser')
  const { FAULTS } = await import('./faults')
  const { playRounds } = await import('./play')
  const { SAFE_MS } = await import('./recorder')
  const only = someOf('only', values.only, Object.keys(FAULTS))
  const safeMs = wholeNumber('safe-ms', values['safe-ms'] ?? String(SAFE_MS), { least: 1 })
  ensureChromium()

  console.error(`${rounds} rounds from seed ${seed}.`)
  const again = values.only === undefined ? '' : ` --only ${values.only}`
  const results = await playRounds({ rounds, seed, only, safeMs }, (result, profile) => {
    console.error(progressLine(result, rounds))
    for (const breach of result.breaches) console.error(`     BROKEN: ${breach}`)
    if (result.breaches.length === 0) return
    console.error(`     its profile: ${profile}`)
    console.error(`     again: npm run torture -- --rounds 1 --seed ${result.seed}${again}`)
  })
  if (values.json) console.log(forMachines(results))
  const summary = figures(results, seed)
  if (values.json) console.error(summary)
  else console.log(summary)
  if (results.some(({ breaches }) => breaches.length > 0)) process.exitCode = 1
})
