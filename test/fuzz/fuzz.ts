/**
 * `npm run fuzz`: hostile input at every boundary.
 *
 *     npm run fuzz -- --cases 100000               over all boundaries (10,000)
 *     npm run fuzz -- --only messages,records      some boundaries
 *     npm run fuzz -- --seed 7                     other cases
 *     npm run fuzz -- --only messages --path 3:1   the one case that a failing run told
 *
 * It ends with one line of figures, and fails when a promise is broken.
 */

import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { commandLine, someOf, wholeNumber } from '../../scripts/command-line'
import { root } from '../../scripts/paths'
import { Problem, run } from '../../scripts/problem'
import { table } from '../../scripts/table'
import type { Boundary } from './boundary'
import type { RunResult } from './run'

type Result = RunResult & { name: string }

const DEFAULT_CASES = 10_000
const PROGRESS_MS = 5_000
const OUT = `${root}/.cache/fuzz`

await run(async () => {
  const option = { type: 'string' } as const
  const given = commandLine(import.meta.url, { cases: option, seed: option, only: option, path: option })
  const { boundaries, runBoundary, DEFAULT_SEED } = await bundled()
  const { cases, seed, path, wanted } = readArguments(given, boundaries, DEFAULT_SEED)
  const shares = wanted.reduce((sum, { share }) => sum + share, 0)
  console.log(`${cases} cases, seed ${seed}`)
  const results: Result[] = []
  for (const boundary of wanted) {
    const own = path === undefined ? Math.max(1, Math.round((cases * boundary.share) / shares)) : 1
    const result = await runBoundary(boundary, { cases: own, seed, path, onProgress: progress(boundary.name, own) })
    results.push({ ...result, name: boundary.name })
    show({ ...result, name: boundary.name })
  }
  console.log(`\n${tableOf(results)}\n\n${summary(results, seed)}`)
  if (results.some(({ failure }) => failure)) process.exitCode = 1
})

/** The sources as they are, in one file: the built library has no such insides. */
async function bundled(): Promise<typeof import('./all')> {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: 'test/fuzz/all.ts',
      outDir: OUT,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: 'fuzz.mjs' } },
    },
  })
  return import(pathToFileURL(`${OUT}/fuzz.mjs`).href)
}

function readArguments(
  given: { cases?: string; seed?: string; only?: string; path?: string },
  boundaries: readonly Boundary<never>[],
  defaultSeed: number,
) {
  const cases = given.cases === undefined ? DEFAULT_CASES : wholeNumber('cases', given.cases, { least: 1 })
  const seed = given.seed === undefined ? defaultSeed : wholeNumber('seed', given.seed)
  const names = boundaries.map(({ name }) => name)
  const chosen = someOf('only', given.only, names)
  const wanted = boundaries.filter(({ name }) => chosen.includes(name))
  if (given.path !== undefined && wanted.length !== 1) {
    throw new Problem('--path belongs to one boundary: name it with --only.')
  }
  return { cases, seed, path: given.path, wanted }
}

function progress(name: string, of: number) {
  let told = performance.now()
  return (done: number) => {
    if (performance.now() - told < PROGRESS_MS) return
    told = performance.now()
    console.log(`  ${name}: ${done} of ${of}`)
  }
}

function show({ name, cases, accepted, refused, seconds, failure }: Result) {
  console.log(`${name}: ${cases} cases, ${accepted} accepted, ${refused} refused, ${seconds.toFixed(1)} s`)
  if (!failure) return
  const { seed, path, error, counterexample } = failure
  const why = error instanceof Error ? (error.stack ?? String(error)) : String(error)
  console.error(`\nBROKEN at ${name}: ${why}\n\nthe smallest case found:\n${counterexample}\n`)
  console.error(`again: npm run fuzz -- --only ${name} --seed ${seed} --path ${path}\n`)
}

function tableOf(results: Result[]) {
  const rows = results.map(({ name, cases, accepted, refused, failure, seconds }) => [
    name,
    String(cases),
    String(accepted),
    String(refused),
    failure ? '1' : '0',
    seconds.toFixed(1),
  ])
  return table(['boundary', 'cases', 'accepted', 'refused', 'broken', 's'], rows)
}

function summary(results: Result[], seed: number) {
  const sum = (of: (result: Result) => number) => results.reduce((total, result) => total + of(result), 0)
  const cases = sum((result) => result.cases)
  const broken = sum(({ failure }) => (failure ? 1 : 0))
  const each = results.map((result) => `${result.name} ${result.cases}`).join(', ')
  const refused = sum((result) => result.refused)
  const seconds = sum((result) => result.seconds).toFixed(0)
  return `fuzz: ${cases} cases (${each}), ${refused} refused, ${cases - refused} accepted, ${broken} broken, seed ${seed}, ${seconds} s`
}
