/** The options of `npm test`. */

import { commandLine, someOf } from '../command-line'

/** @param names of the suites of either run */
export function parseTestOptions(args: string[], names: { whole: string[]; quick: string[] }) {
  const { list, quick, only } = commandLine(
    new URL('test.ts', import.meta.url),
    {
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
    },
    args,
  )
  return { list, quick, only: someOf('only', only, quick ? names.quick : names.whole) }
}
