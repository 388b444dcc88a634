/** The words of a `data-` attribute that mean something there. */

import { show } from '../../core/base/values'

/**
 * Gives the known words, in lower case, and warns of the others.
 *
 * @param given with spaces around them, or blank, as they stand between commas. `true` is no mistake, and is left out
 */
export function knownWords(attribute: string, given: readonly string[], known: readonly string[]): string[] {
  const words = given.map((word) => word.trim().toLowerCase()).filter((word) => word && word !== 'true')
  const unknown = words.filter((word) => !known.includes(word))
  if (unknown.length > 0) {
    console.warn(`[outlast] ${attribute} takes ${known.join(', ')}, not ${unknown.map(show).join(', ')}`)
  }
  return words.filter((word) => known.includes(word))
}
