/**
 * `npm run simulate`: the library in a simulated browser with every kind of fault, one world for each seed.
 *
 *     npm run simulate -- --seed 1 --steps 1000000 --jobs 2    so many steps in worlds from seed 1 on, two at once
 *     npm run simulate -- --seed 8 --steps 500 --runs 1        the one world of seed 8
 *     npm run simulate -- --mutant 'lease never released'      with a planted bug of mutants.ts
 *     npm run simulate -- --replay file.json                   what a failing run left, made small
 *
 * It fails when a promise is broken. Seeds are from 1 on.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { commandLine, wholeNumber } from '../../scripts/command-line'
import { root } from '../../scripts/paths'
import { Problem, run } from '../../scripts/problem'
import { table } from '../../scripts/table'
import { bundleSimulator, bundleVersions } from './bundle'
import type { Outcome } from './index'
import { MUTANTS } from './mutants'
import { type Played, playAll, STEPS_PER_RUN } from './players'
import type { Plan } from './steps'
import { faultRows, newTotals, note, totalsLine } from './totals'

type Simulation = typeof import('./index')
type Simulator = ReturnType<Simulation['simulator']>

/** Runs that making a failing plan small may take. */
const SHRINK_RUNS = 600

const PROGRESS_MS = 5_000

/** Worlds in which something must have been acknowledged and a worker must have sent something, or the simulation is broken itself and proves nothing. */
const ENOUGH_RUNS = 10

await run(async () => {
  const { seed, steps, runs, jobs, mutant, replay } = options()
  const edits = mutant === undefined ? [] : [mutantNamed(mutant)]
  const file = await bundleSimulator(mutant === undefined ? 'simulator' : 'simulator-of-mutants')
  const codes = await bundleVersions(edits)
  const simulation: Simulation = await import(file)
  const simulator = simulation.simulator(codes)
  const totals = newTotals()
  let shownAt = performance.now()
  let endless = false
  const goesOn: (seed: number, outcome: Played) => boolean = (number, outcome) => {
    note(totals, outcome)
    if (outcome.breach) {
      console.error(`\nseed ${number}: ${outcome.breach.message}`)
      process.exitCode = 1
      endless = outcome.steps === 0
      return false
    }
    if (performance.now() - shownAt > PROGRESS_MS) {
      shownAt = performance.now()
      console.log(`seed ${number}: ${totalsLine(totals)}`)
    }
    return true
  }
  if (replay !== undefined) {
    goesOn(0, await simulator.play(JSON.parse(readFileSync(replay, 'utf8'))))
  } else {
    const each = Math.ceil(steps / runs)
    const failed = await playAll({ simulator: file, codes, seed, runs, steps: each, threads: jobs }, goesOn)
    if (failed !== undefined) console.error(`Again: npm run simulate -- --seed ${failed} --steps ${each} --runs 1`)
    // What never ends cannot be tried again with less.
    if (failed !== undefined && mutant === undefined && !endless) {
      const plan = simulator.planOf(failed, each)
      await report(simulation, simulator, failed, plan, await simulator.play(plan))
    }
  }
  console.log(`\n${table(['fault', 'times'], faultRows(totals))}\n`)
  console.log(totalsLine(totals))
  if (totals.runs >= ENOUGH_RUNS && totals.acknowledged === 0)
    throw new Problem('Nothing was acknowledged, so nothing is proved.')
  if (totals.runs >= ENOUGH_RUNS && totals.ofWorkers === 0)
    throw new Problem('No worker has sent anything, so nothing is proved of workers.')
  if (totals.runs >= ENOUGH_RUNS && totals.relayOfWorkers === 0)
    throw new Problem('No worker has sent a request of a relay, so nothing is proved of relays.')
})

function options() {
  const { seed, steps, runs, jobs, mutant, replay } = commandLine(import.meta.url, {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '20000' },
    runs: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    replay: { type: 'string' },
  })
  const all = wholeNumber('steps', steps, { least: 1 })
  return {
    seed: wholeNumber('seed', seed, { least: 1 }),
    steps: all,
    runs: runs === undefined ? Math.ceil(all / STEPS_PER_RUN) : wholeNumber('runs', runs, { least: 1 }),
    jobs: wholeNumber('jobs', jobs, { least: 1 }),
    mutant,
    replay,
  }
}

function mutantNamed(name: string) {
  const found = MUTANTS.find((one) => one.name === name)
  if (!found) throw new Problem(`There is no mutant "${name}". There are: ${MUTANTS.map((one) => one.name).join(', ')}`)
  return found
}

async function report({ shrink }: Simulation, { play }: Simulator, seed: number, plan: Plan, outcome: Outcome) {
  console.error('\nMaking it small ...')
  const small = await shrink(plan, outcome, play, SHRINK_RUNS)
  const file = path.join(root, `.cache/simulation/seed-${seed}.json`)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(small, undefined, 1)}\n`)
  console.error(`${JSON.stringify(small.world)}\n${small.steps.map((step) => JSON.stringify(step)).join('\n')}`)
  console.error(
    `\n${small.steps.length} steps are left. Again: npm run simulate -- --replay ${path.relative(root, file)}`,
  )
}
