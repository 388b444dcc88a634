// @ts-check
/** The options of `npm test`. */

import { Problem } from './problem.mjs'

/** @typedef {{ list: boolean, only: string[] | undefined }} TestOptions */

const USAGE = 'Usage: npm test -- [--list] [--only name[,name]]'

/**
 * @param {string[]} args
 * @param {string[]} names of the suites
 * @returns {TestOptions}
 */
export function parseTestOptions(args, names) {
  /** @type {TestOptions} */
  const options = { list: false, only: undefined }
  const rest = args.flatMap((arg) => (arg.startsWith('--only=') ? ['--only', arg.slice('--only='.length)] : [arg]))
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i]
    if (arg === '--list') options.list = true
    else if (arg === '--only') options.only = [...(options.only ?? []), ...suiteNames(rest[++i], names)]
    else throw new Problem(`Unknown option "${arg}".\n${USAGE}`)
  }
  return options
}

/**
 * @param {string | undefined} value
 * @param {string[]} names
 */
function suiteNames(value, names) {
  const wanted = (value ?? '').split(',').filter(Boolean)
  if (wanted.length === 0) throw new Problem(`--only needs the name of a suite.\n${USAGE}`)
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Problem(`No suite "${unknown.join('", "')}". The suites: ${names.join(', ')}`)
  return wanted
}
