import { expect, it } from 'vitest'
import { runChild } from './child'

/** Writes to either stream in turn, and waits until it has gone out. */
const SCRIPT = `
  const { stdout, stderr } = process
  stdout.write('out 1\\n', () => stderr.write('err\\n', () => setTimeout(() => stdout.write('out 2\\n'), 50)))
`

function runScript(options: { captureStdout: boolean; holdOutput: boolean }) {
  const { signal } = new AbortController()
  const shared = { cwd: '.', env: process.env, shell: false, limitMs: 10_000, stop: signal }
  return runChild(process.execPath, ['--eval', SCRIPT], { ...shared, ...options })
}

it('holds back all output', async () => {
  const { held, ...result } = await runScript({ captureStdout: false, holdOutput: true })
  expect(result).toEqual({ exitCode: 0, stdout: '', stopped: '' })
  expect(held.split('\n').sort()).toEqual(['', 'err', 'out 1', 'out 2'])
})

it('keeps a report apart from what it holds back', async () => {
  const result = await runScript({ captureStdout: true, holdOutput: true })
  expect(result).toEqual({ exitCode: 0, stdout: 'out 1\nout 2\n', held: 'err\n', stopped: '' })
})
