/** Finds browsers that are already on the machine. */

import path from 'node:path'
import { Problem } from '../problem'
import { type Machine, onPath, thisMachine } from './machine'

export interface Browser {
  path: string
  version: string
  /** Where the browser was found, for a person to read. */
  from: string
}

type WebKit = Browser & { driver: string }

interface Candidate {
  file: string | undefined
  from: string
}

const CHROMIUM_COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const FIREFOX_COMMANDS = ['firefox-esr', 'firefox']

const MAC_CHROMIUM = ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium']

const WINDOWS_CHROMIUM = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe']

export function findChromium(machine: Machine = thisMachine): Browser | undefined {
  return chosen('CHROMIUM_PATH', machine) ?? firstThatStarts(chromiumCandidates(machine), machine)
}

export function findFirefox(machine: Machine = thisMachine): Browser | undefined {
  const candidates = [
    ...commands(FIREFOX_COMMANDS, machine),
    ...applications(['Firefox.app/Contents/MacOS/firefox'], ['Mozilla Firefox\\firefox.exe'], machine),
  ]
  return chosen('FIREFOX_PATH', machine) ?? firstThatStarts(candidates, machine)
}

/**
 * WebKitGTK: its driver, the small browser that the driver steers, and a screen for it. Neither tells its version
 * without a screen, so what is told is the version of the interface that it was built for.
 */
export function findWebKit(machine: Machine = thisMachine): WebKit | undefined {
  const driver = onPath('WebKitWebDriver', machine)
  const browser = miniBrowsers(machine).find(machine.isExecutable)
  if (!driver || !browser || !onPath('Xvfb', machine) || !machine.starts(driver)) return undefined
  const version = path.posix.basename(path.posix.dirname(browser))
  return { path: browser, driver, version, from: '"WebKitWebDriver" on the PATH' }
}

/**
 * A path that was asked for is taken or refused; another browser in its place would be a surprise.
 *
 * @returns undefined where none was asked for
 */
function chosen(variable: string, machine: Machine): Browser | undefined {
  const file = machine.env[variable]
  if (!file) return undefined
  if (!machine.isExecutable(file)) {
    throw new Problem(`${variable} is "${file}", which is not an executable file. Correct or unset it.`)
  }
  const version = machine.version(file)
  if (version === undefined) {
    throw new Problem(`${variable} is "${file}", but "${file} --version" fails. Correct or unset it.`)
  }
  return { path: file, version, from: variable }
}

function chromiumCandidates(machine: Machine): Candidate[] {
  return [
    ...commands(CHROMIUM_COMMANDS, machine),
    ...applications(MAC_CHROMIUM, WINDOWS_CHROMIUM, machine),
    { file: machine.playwrightChromium(), from: 'Playwright' },
  ]
}

function commands(names: string[], machine: Machine): Candidate[] {
  return names.map((name) => ({ file: onPath(name, machine), from: `"${name}" on the PATH` }))
}

/** The standard places of macOS and Windows, where browsers are not on the PATH. */
function applications(mac: string[], windows: string[], { env, platform }: Machine): Candidate[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', path.posix.join(env.HOME ?? '/', 'Applications')]
    return inFolders(folders, mac, path.posix.join)
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    )
    return inFolders(folders, windows, path.win32.join)
  }
  return []
}

function inFolders(folders: string[], names: string[], join: (folder: string, name: string) => string): Candidate[] {
  return names.flatMap((name) => folders.map((folder) => ({ file: join(folder, name), from: folder })))
}

function firstThatStarts(candidates: Candidate[], machine: Machine): Browser | undefined {
  for (const { file, from } of candidates) {
    if (!file || !machine.isExecutable(file)) continue
    const version = machine.version(file)
    if (version !== undefined) return { path: file, version, from }
  }
  return undefined
}

/** MiniBrowser is never on the PATH: Debian has it below /usr/lib/<architecture>, others below /usr/libexec. */
function miniBrowsers(machine: Machine) {
  const parents = ['/usr/libexec', '/usr/lib', ...machine.list('/usr/lib').map((name) => `/usr/lib/${name}`)]
  return parents.flatMap((parent) =>
    machine
      .list(parent)
      .filter((name) => /^webkit(2gtk|gtk)-/.test(name))
      .map((name) => `${parent}/${name}/MiniBrowser`),
  )
}
