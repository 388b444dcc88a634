/** What the browser search asks of the machine, in one object so that tests can put another in its place. */

import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const VERSION_TIMEOUT_MS = 20_000

export interface Machine {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  isExecutable: (file: string) => boolean
  /** The names in a folder; none if there is no such folder. */
  list: (folder: string) => string[]
  /** The version a browser tells, undefined if it does not start. */
  version: (file: string) => string | undefined
  /** Whether a program without a version at least tells its usage. */
  starts: (file: string) => boolean
  /** Where Playwright's own Chromium is, or would be. */
  playwrightChromium: () => string | undefined
}

export const thisMachine: Machine = {
  env: process.env,
  platform: process.platform,
  isExecutable,
  list,
  version,
  starts,
  playwrightChromium,
}

/** The first file of this name on the PATH. */
export function onPath(command: string, { env, platform, isExecutable: executable }: Machine) {
  const folders = (env.PATH ?? '').split(platform === 'win32' ? ';' : ':')
  const file = platform === 'win32' ? `${command}.exe` : command
  return folders
    .filter(Boolean)
    .map((folder) => path.join(folder, file))
    .find(executable)
}

function isExecutable(file: string) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false // Both calls throw for a file that is not there.
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder)
  } catch {
    return [] // No such folder, or none that may be read: nothing to find in it.
  }
}

/**
 * Starts the browser with `--version`: a wrapper whose package is gone and a binary whose libraries are missing
 * are both executable files.
 */
function version(file: string) {
  // On Windows `--version` opens a window. The installer leaves a folder named after the version beside the binary.
  if (process.platform === 'win32') {
    return list(path.dirname(file)).find((name) => /^\d+(\.\d+)+$/.test(name)) ?? 'unknown'
  }
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS })
  return status === 0 ? /\d+(\.\d+)+/.exec(stdout)?.[0] : undefined
}

function starts(file: string) {
  return spawnSync(file, ['--help'], { stdio: 'ignore', timeout: VERSION_TIMEOUT_MS }).status === 0
}

function playwrightChromium() {
  const require = createRequire(import.meta.url)
  try {
    return require('playwright').chromium.executablePath()
  } catch {
    return undefined // Not installed, or it has no build for this system: then it offers no browser.
  }
}
