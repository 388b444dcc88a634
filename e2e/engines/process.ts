/** A program that is ended with everything it started. */

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

/** @param env besides this process's own */
export function start(file: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(file, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.once('error', (error) => {
    output += error.message
  })
  const group = child.pid as number
  const kill = async () => {
    if (!RUNNING.delete(group)) return
    killGroup(group)
    await ended
  }
  RUNNING.add(group)
  return {
    pid: group,
    /** What the process has written so far. */
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    /** Its fourth stream, for programs that are told to write there. */
    side: child.stdio[3] as Readable,
    kill,
  }
}

export type Process = ReturnType<typeof start>

const RUNNING = new Set<number>()

// Groups of their own do not end with this process.
process.once('exit', () => {
  for (const group of RUNNING) killGroup(group)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Kills the processes of a group that have this name, which a crash would end. */
export function killInGroup(group: number | undefined, name: string): void {
  const running = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && isOf(Number(entry), group, name))
  if (running.length === 0) throw new Error(`no process is named ${name}`)
  for (const pid of running) process.kill(Number(pid), 'SIGKILL')
}

function isOf(pid: number, group: number | undefined, name: string): boolean {
  try {
    // proc(5): pid, (name), state, parent, group.
    const [, given, ofGroup] = /^\d+ \((.*)\) \S \d+ (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return given === name && Number(ofGroup) === group
  } catch (error) {
    // It has ended since the folder was read.
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return false
    throw error
  }
}

function killGroup(group: number) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    // ESRCH: it has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
