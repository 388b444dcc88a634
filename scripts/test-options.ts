/** The options of `npm test`. */

import { commandLine, someOf } from './command-line'

/** @param names of the suites */
export function parseTestOptions(args: string[], names: string[]) {
  const { list, only } = commandLine(
    new URL('test.ts', import.meta.url),
    { list: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
    args,
  )
  return { list, only: someOf('only', only, names) }
}
