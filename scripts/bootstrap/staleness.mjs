// @ts-check
/** Decides whether node_modules is what package-lock.json asks for. */

import { createHash } from 'node:crypto'

/**
 * @typedef {object} InstallState
 * @property {boolean} hasModules
 * @property {string | undefined} lock the text of package-lock.json
 * @property {string | undefined} stamp the text of the stamp left by the last check
 * @property {string | undefined} installed the text of npm's own record, node_modules/.package-lock.json
 */

/**
 * What to do: nothing, only leave a new stamp, or an install and the reason for it.
 *
 * @typedef {{ action: 'none' } | { action: 'stamp' } | { action: 'ci' | 'install', reason: string }} Decision
 */

/** @param {string} lock */
export function stampFor(lock) {
  return createHash('sha256').update(lock).digest('hex')
}

/**
 * @param {InstallState} state
 * @returns {Decision}
 */
export function decideInstall({ hasModules, lock, stamp, installed }) {
  if (lock === undefined) {
    return hasModules ? { action: 'none' } : { action: 'install', reason: 'node_modules is missing' }
  }
  if (!hasModules) return { action: 'ci', reason: 'node_modules is missing' }
  if (stamp?.trim() === stampFor(lock)) return { action: 'none' }
  if (installed !== undefined && isInstalled(lock, installed)) return { action: 'stamp' }
  return { action: 'ci', reason: 'node_modules does not match package-lock.json' }
}

/**
 * True if npm's record holds every package of the lock in its version. Optional packages are left out: which of
 * them are installed depends on the machine.
 *
 * @param {string} lock
 * @param {string} installed
 */
function isInstalled(lock, installed) {
  const wanted = packagesOf(lock)
  const present = packagesOf(installed)
  return Object.entries(wanted).every(([folder, { version, integrity, optional, devOptional }]) => {
    if (folder === '' || optional || devOptional) return true
    const entry = present[folder]
    return entry !== undefined && entry.version === version && entry.integrity === integrity
  })
}

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 */

/**
 * @param {string} lock
 * @returns {Record<string, LockedPackage>}
 */
function packagesOf(lock) {
  return JSON.parse(lock).packages ?? {}
}
