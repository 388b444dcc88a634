// @ts-check
/** Installs the dependencies where they are missing or old. Imports nothing that would itself need an install. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isSupportedNode, nodeVersionMessage } from './node-version.mjs'
import { npmCommand } from './npm.mjs'
import { Problem } from './problem.mjs'
import { decideInstall, stampFor } from './staleness.mjs'

// --include=dev: NODE_ENV=production or omit=dev in an .npmrc would leave out every tool used here.
const NPM_OPTIONS = ['--include=dev', '--no-audit', '--no-fund']

/** @param {string} folder that has a package.json */
export function ensureDependencies(folder) {
  if (!isSupportedNode(process.version)) throw new Problem(nodeVersionMessage(process.version))
  const modules = path.join(folder, 'node_modules')
  const stampFile = path.join(modules, '.outlast-lock')
  const lockFile = path.join(folder, 'package-lock.json')

  const decision = decideInstall({
    hasModules: existsSync(modules),
    lock: textOf(lockFile),
    stamp: textOf(stampFile),
    installed: textOf(path.join(modules, '.package-lock.json')),
  })
  if (decision.action === 'none') return
  if (decision.action !== 'stamp') install(decision.action, decision.reason, folder)
  const lock = textOf(lockFile)
  if (lock !== undefined) writeFileSync(stampFile, `${stampFor(lock)}\n`)
}

/**
 * @param {'ci' | 'install'} how
 * @param {string} reason
 * @param {string} folder
 */
function install(how, reason, folder) {
  console.log(`Installing dependencies (npm ${how}): ${reason}.`)
  if (npm([how, ...NPM_OPTIONS], folder)) return
  // A lock that lacks a package of another system makes `npm ci` give up; `npm install` still keeps to its versions.
  if (how === 'ci') console.log('npm ci failed; trying npm install, which leaves package-lock.json as it is.')
  if (how === 'ci' && npm(['install', '--no-save', ...NPM_OPTIONS], folder)) return
  throw new Problem(
    [
      'The dependencies could not be installed; the message of npm is above.',
      'Check that the npm registry can be reached ("npm ping"), then run the command again.',
    ].join('\n'),
  )
}

/**
 * @param {string[]} args
 * @param {string} folder
 * @returns {boolean} true if it worked
 */
function npm(args, folder) {
  const command = npmCommand(args)
  return spawnSync(command.file, command.args, { cwd: folder, shell: command.shell, stdio: 'inherit' }).status === 0
}

/** @param {string} file */
function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
