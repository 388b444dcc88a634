/** Names what was given in place of an option, and the option that was probably meant. */

import { attributeOf } from '../../core/base/attribute-of'
import { readable } from '../../core/base/readable'
import { show } from '../../core/base/values'

/** What posthog-js and other libraries call it, in small letters and without underscores, and what is meant here. */
const ELSEWHERE: Record<string, string> = {
  apihost: 'host',
  ingestionurl: 'host',
  endpoint: 'host',
  sanitizeproperties: 'beforeSend',
  propertydenylist: 'beforeSend',
  propertyblacklist: 'beforeSend',
  disablepersistence: "persistence: 'memory'",
  cookielessmode: "persistence: 'memory'",
  optoutcapturingbydefault: 'optOut(), called before anything is captured',
  optoutpersistencebydefault: 'optOut({ clear: true })',
  respectdnt: 'optOut()',
  loaded: 'nothing: what init returns is usable at once',
  capturepageview: "capture('$pageview')",
  autocapture: 'nothing: what is not captured by name is not captured',
  onrequesterror: 'onError',
  serviceworker: 'worker',
  batchsize: 'maxBatchSize',
  timeout: 'requestTimeout',
  userid: 'distinctId',
  time: 'timestamp',
  id: 'uuid',
  insertid: 'uuid',
}

/** A name is taken for a misspelt one if no more than one letter in this many is wrong. */
const LETTERS_PER_SLIP = 4

const plain = (name: string) => name.replace(/^data-|[-_]/g, '').toLowerCase()

/** What is said of the name. */
export function unknownOption(name: string, known: readonly string[], where: string): string {
  const meant = meantBy(name, known)
  return `${show(name)} is no option of ${where}${meant === undefined ? '; it is ignored.' : `; did you mean ${meant}?`}`
}

/** Warns once of each name in `given` that is no option. */
export function warnOfUnknown(
  given: unknown,
  known: readonly string[],
  where: string,
  warn: (message: string) => void,
): void {
  const options = readable(given, where, () => undefined)
  for (const name of Object.keys(options)) {
    if (options[name] !== undefined && !known.includes(name)) warn(unknownOption(name, known, where))
  }
}

function meantBy(name: string, known: readonly string[]): string | undefined {
  const asked = plain(name)
  const elsewhere = Object.hasOwn(ELSEWHERE, asked) ? ELSEWHERE[asked] : undefined
  // An option of another object is no help here.
  if (elsewhere !== undefined && (known.includes(elsewhere) || /\W/.test(elsewhere))) return elsewhere
  let nearest: string | undefined
  let fewest = Math.max(1, Math.floor(asked.length / LETTERS_PER_SLIP))
  for (const option of known) {
    const slips = slipsBetween(asked, plain(option))
    if (slips > fewest || (slips === fewest && nearest !== undefined)) continue
    nearest = option
    fewest = slips
  }
  return nearest !== undefined && name.startsWith('data-') ? attributeOf(nearest) : nearest
}

/** Letters that were left out, added or exchanged, and neighbours that changed places: each counts one. */
function slipsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const at = (back: number, left: number) => rows[i - back]?.[j - left] ?? i + j
      const isSame = one[i - 1] === other[j - 1]
      const hasSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      row[j] = Math.min(
        at(1, 0) + 1,
        (row[j - 1] ?? 0) + 1,
        at(1, 1) + (isSame ? 0 : 1),
        hasSwapped ? at(2, 2) + 1 : i + j,
      )
    }
    rows.push(row)
  }
  return rows[one.length]?.[other.length] ?? 0
}
