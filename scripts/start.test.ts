import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from './paths'

const start = (file: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', path.join(root, file), ...args], { cwd: root })

/** A process that has to load tsx first, on a machine that is busy. In ms. */
const START_TIMEOUT = 30_000

it.each(['scripts/start.ts', 'demo/collector/main.ts'])(
  '%s explains itself and starts nothing',
  async (file) => {
    const { stdout, stderr } = await start(file, '--help')
    expect(stdout).toContain('PORT=')
    expect(stdout).not.toContain('http://localhost')
    expect(stderr).toBe('')
  },
  START_TIMEOUT,
)

it(
  'npm start tells its version, and refuses an option that it does not have',
  async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    expect((await start('scripts/start.ts', '--version')).stdout.trim()).toBe(version)
    const problem = await start('scripts/start.ts', '--prot').catch((error) => error)
    expect(problem).toMatchObject({ code: 1, stderr: expect.stringContaining("Unknown option '--prot'") })
  },
  START_TIMEOUT,
)
