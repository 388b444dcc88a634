import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url))

const run = (...args: string[]) => spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' })

it('runs a TypeScript file of the project with its arguments', () => {
  const { status, stdout } = run('scripts/release/release.ts', '--help')
  expect([status, stdout]).toEqual([0, expect.stringContaining('`npm run release`')])
})

it('ends with the exit code of what it ran', () => {
  const { status, stderr } = run('scripts/release/release.ts', '--unknown')
  expect([status, stderr]).toEqual([1, expect.stringContaining("Unknown option '--unknown'")])
})

it('runs a command of an installed package', () => {
  const { status, stdout } = run('node_modules/@biomejs/biome/bin/biome', '--version')
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^Version: \d/)])
})
