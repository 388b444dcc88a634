/** Finds what is wrong with options. The words for it load only where there is something to say. */

import { readable } from '../../core/base/readable'
import type { Log } from '../first/log'

/** Warns once of each name in `given` that is no option. */
export function warnOfUnknown(given: unknown, known: readonly string[], where: string, warnOf: Log['warnOf']): void {
  const options = readable(given, where, () => undefined)
  for (const name of Object.keys(options)) {
    if (options[name] !== undefined && !known.includes(name)) warnOf('unknown', name, known, where)
  }
}

/**
 * Returns a function that warns of an option that is given but invalid.
 *
 * @param within the option that the options are of, if they are not those of `init`
 */
export const checkOptions =
  (options: object, warnOf: Log['warnOf'], within?: string) =>
  (name: string, isUsable: (value: unknown) => boolean, using?: unknown): void => {
    const value = (options as Record<string, unknown>)[name] ?? undefined
    if (value !== undefined && !isUsable(value)) warnOf('unusable', name, value, using, within)
  }
