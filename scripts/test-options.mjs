// @ts-check
/** The options of `npm test`. */

import { commandLine, someOf } from './command-line.mjs'

/**
 * @param {string[]} args
 * @param {string[]} names of the suites
 */
export function parseTestOptions(args, names) {
  const { list, only } = commandLine(
    new URL('test.mjs', import.meta.url),
    { list: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
    args,
  )
  return { list, only: someOf('only', only, names) }
}
