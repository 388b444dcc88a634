/** Installs a browser: Debian's packages where apt may be used, otherwise Playwright's build where that is of use. */

import { spawnSync } from 'node:child_process'
import { localBin } from '../local-bin'
import { onPath, thisMachine } from './machine'

export interface Installer {
  name: string
  /** True if the installer says that it worked. */
  install: () => boolean
}

export interface Sources {
  /** Names of Debian's packages. */
  packages: string[]
  /** Playwright's name for its own build. */
  playwright?: string
}

/** The installers that can be tried here, best first. */
export function installersOf({ packages, playwright }: Sources): Installer[] {
  const prefix = aptPrefix()
  const names = packages.join(' ')
  return [
    ...(prefix ? [{ name: `apt-get install ${names}`, install: () => installWithApt(prefix, packages) }] : []),
    ...(playwright
      ? [{ name: `playwright install ${playwright}`, install: () => installWithPlaywright(playwright) }]
      : []),
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

function installWithApt(prefix: string[], packages: string[]) {
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q']
  // An update can fail for a source that has nothing to do with the browser; whether the install works tells.
  succeeds([...apt, 'update'])
  return succeeds([...apt, 'install', '-y', '--no-install-recommends', ...packages])
}

function installWithPlaywright(name: string) {
  return succeeds([process.execPath, localBin('playwright'), 'install', name])
}

function succeeds([file = '', ...args]: string[]) {
  return spawnSync(file, args, { stdio: 'inherit' }).status === 0
}
