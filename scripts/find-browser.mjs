// @ts-check
/** Finds browsers that are already on the machine. */

import path from 'node:path'
import { onPath, thisMachine } from './machine.mjs'
import { Problem } from './problem.mjs'

/** @typedef {import('./machine.mjs').Machine} Machine */

/**
 * @typedef {object} Browser
 * @property {string} path
 * @property {string} version
 * @property {string} from where it was found, for a person to read
 */

/** @typedef {Browser & { driver: string }} WebKit */

/** @typedef {{ file: string | undefined, from: string }} Candidate */

const CHROMIUM_COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const FIREFOX_COMMANDS = ['firefox-esr', 'firefox']

const MAC_CHROMIUM = ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium']

const WINDOWS_CHROMIUM = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe']

/**
 * @param {Machine} [machine]
 * @returns {Browser | undefined}
 */
export function findChromium(machine = thisMachine) {
  return chosen('CHROMIUM_PATH', machine) ?? firstThatStarts(chromiumCandidates(machine), machine)
}

/**
 * @param {Machine} [machine]
 * @returns {Browser | undefined}
 */
export function findFirefox(machine = thisMachine) {
  const candidates = [
    ...commands(FIREFOX_COMMANDS, machine),
    ...applications(['Firefox.app/Contents/MacOS/firefox'], ['Mozilla Firefox\\firefox.exe'], machine),
  ]
  return chosen('FIREFOX_PATH', machine) ?? firstThatStarts(candidates, machine)
}

/**
 * WebKitGTK: its driver, the small browser that the driver steers, and a screen for it. Neither tells its version
 * without a screen, so what is told is the version of the interface that it was built for.
 *
 * @param {Machine} [machine]
 * @returns {WebKit | undefined}
 */
export function findWebKit(machine = thisMachine) {
  const driver = onPath('WebKitWebDriver', machine)
  const browser = miniBrowsers(machine).find(machine.isExecutable)
  if (!driver || !browser || !onPath('Xvfb', machine) || !machine.starts(driver)) return undefined
  const version = path.posix.basename(path.posix.dirname(browser))
  return { path: browser, driver, version, from: '"WebKitWebDriver" on the PATH' }
}

/**
 * A path that was asked for is taken or refused; another browser in its place would be a surprise.
 *
 * @param {string} variable
 * @param {Machine} machine
 * @returns {Browser | undefined} undefined where none was asked for
 */
function chosen(variable, machine) {
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

/**
 * @param {Machine} machine
 * @returns {Candidate[]}
 */
function chromiumCandidates(machine) {
  return [
    ...commands(CHROMIUM_COMMANDS, machine),
    ...applications(MAC_CHROMIUM, WINDOWS_CHROMIUM, machine),
    { file: machine.playwrightChromium(), from: 'Playwright' },
  ]
}

/**
 * @param {string[]} names
 * @param {Machine} machine
 * @returns {Candidate[]}
 */
function commands(names, machine) {
  return names.map((name) => ({ file: onPath(name, machine), from: `"${name}" on the PATH` }))
}

/**
 * The standard places of macOS and Windows, where browsers are not on the PATH.
 *
 * @param {string[]} mac
 * @param {string[]} windows
 * @param {Machine} machine
 * @returns {Candidate[]}
 */
function applications(mac, windows, { env, platform }) {
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

/**
 * @param {string[]} folders
 * @param {string[]} names
 * @param {(folder: string, name: string) => string} join
 * @returns {Candidate[]}
 */
function inFolders(folders, names, join) {
  return names.flatMap((name) => folders.map((folder) => ({ file: join(folder, name), from: folder })))
}

/**
 * @param {Candidate[]} candidates
 * @param {Machine} machine
 * @returns {Browser | undefined}
 */
function firstThatStarts(candidates, machine) {
  for (const { file, from } of candidates) {
    if (!file || !machine.isExecutable(file)) continue
    const version = machine.version(file)
    if (version !== undefined) return { path: file, version, from }
  }
  return undefined
}

/**
 * MiniBrowser is never on the PATH: Debian has it below /usr/lib/<architecture>, others below /usr/libexec.
 *
 * @param {Machine} machine
 */
function miniBrowsers(machine) {
  const parents = ['/usr/libexec', '/usr/lib', ...machine.list('/usr/lib').map((name) => `/usr/lib/${name}`)]
  return parents.flatMap((parent) =>
    machine
      .list(parent)
      .filter((name) => /^webkit(2gtk|gtk)-/.test(name))
      .map((name) => `${parent}/${name}/MiniBrowser`),
  )
}
