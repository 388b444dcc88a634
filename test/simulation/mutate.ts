/**
 * `npm run mutants`: plants each bug of `mutants.ts`, and fails unless a check of the simulator finds it.
 *
 *     npm run mutants                      all of them
 *     npm run mutants -- --only lease      those whose name contains it
 *     npm run mutants -- --steps 100000    that each may take (50,000)
 *     npm run mutants -- --seed 7          worlds from another seed on
 *     npm run mutants -- --jobs 1          tried at once (as many as there are cores)
 */

import { availableParallelism } from 'node:os'
import { commandLine, wholeNumber } from '../../scripts/command-line'
import { Problem, run } from '../../scripts/problem'
import { table } from '../../scripts/table'
import { bundleSimulator, bundleVersions } from './bundle'
import { MUTANTS, type Mutant } from './mutants'
import { playAll, STEPS_PER_RUN } from './players'

interface Hunted {
  /** The check that found the bug, if one did. */
  check?: string
  message?: string
  /** Steps until the bug was found, or all. */
  steps: number
}

await run(async () => {
  const { only = '', ...values } = commandLine(import.meta.url, {
    steps: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string' },
  })
  const seed = wholeNumber('seed', values.seed)
  const runs = Math.ceil(wholeNumber('steps', values.steps, { least: 1 }) / STEPS_PER_RUN)
  const wanted = MUTANTS.filter(({ name }) => name.includes(only))
  if (wanted.length === 0) throw new Problem(`No mutant is named like "${only}".`)
  const jobs = Math.min(wholeNumber('jobs', values.jobs, { least: 1 }), wanted.length)
  const simulator = await bundleSimulator('simulator-of-mutants')
  const hunted = new Map<string, Hunted>()
  const waiting = [...wanted]
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const result = await hunt(mutant, { simulator, seed, runs, sharing: jobs })
        hunted.set(mutant.name, result)
        const how = result.check === undefined ? 'SURVIVED' : 'found   '
        console.log(
          `${how} ${mutant.name}, ${result.steps} steps: ${result.message?.split('\n')[0] ?? 'no promise was broken'}`,
        )
      }
    }),
  )
  const rows = wanted.map(({ name, promise }) => {
    const { check = 'nothing', steps } = hunted.get(name) as Hunted
    return [name, promise, String(steps), check]
  })
  const found = [...hunted.values()].filter(({ check }) => check !== undefined).length
  console.log(`\n${table(['planted bug', 'breaks', 'steps', 'found by'], rows, { left: [0, 1, 3] })}\n`)
  console.log(`${found} of ${wanted.length} found, each within ${runs * STEPS_PER_RUN} steps`)
  if (found < wanted.length) process.exitCode = 1
})

async function hunt(
  mutant: Mutant,
  wanted: { simulator: string; seed: number; runs: number; sharing: number },
): Promise<Hunted> {
  const codes = await bundleVersions([mutant])
  const result: Hunted = { steps: 0 }
  await playAll({ ...wanted, codes, steps: STEPS_PER_RUN, threads: 1 }, (_seed, { steps, breach }) => {
    result.steps += steps
    if (breach) Object.assign(result, { check: breach.check, message: breach.message })
    return breach === undefined
  })
  return result
}
