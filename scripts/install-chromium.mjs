// @ts-check
/** Installs Chromium: Debian's package where apt may be used, otherwise Playwright's build. */

import { spawnSync } from 'node:child_process'
import { localBin } from './local-bin.mjs'
import { onPath, thisMachine } from './machine.mjs'

/**
 * @typedef {object} Installer
 * @property {string} name
 * @property {() => boolean} install true if it says that it worked
 */

/**
 * The installers that can be tried here, best first.
 *
 * @returns {Installer[]}
 */
export function chromiumInstallers() {
  const prefix = aptPrefix()
  return [
    ...(prefix ? [{ name: 'apt-get install chromium', install: () => installWithApt(prefix) }] : []),
    { name: 'playwright install chromium', install: installWithPlaywright },
  ]
}

/** What goes before `apt-get`, or undefined where it is missing or would ask for a password. */
function aptPrefix() {
  if (process.platform !== 'linux' || !onPath('apt-get', thisMachine)) return undefined
  if (process.getuid?.() === 0) return []
  const sudo = onPath('sudo', thisMachine)
  if (!sudo || spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return undefined
  return [sudo, '-n']
}

/** @param {string[]} prefix */
function installWithApt(prefix) {
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q']
  // An update can fail for a source that has nothing to do with Chromium; whether the install works tells.
  succeeds([...apt, 'update'])
  return succeeds([...apt, 'install', '-y', '--no-install-recommends', 'chromium'])
}

function installWithPlaywright() {
  return succeeds([process.execPath, localBin('playwright'), 'install', 'chromium'])
}

/** @param {string[]} command */
function succeeds([file = '', ...args]) {
  return spawnSync(file, args, { stdio: 'inherit' }).status === 0
}
