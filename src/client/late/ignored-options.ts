/** Names the options of a later `init` that have no effect, because the client has others already. */

import { copyOf, isObject } from '../../core/base/values'

/** Part of the name of a client, or added to it. */
const HEEDED = ['host', 'beforeSend']

/** One sentence, or a blank text where the client has the same options. What only the first call named goes on. */
export function ignoredOptions(first: unknown, later: unknown): string {
  const [has, given] = [copyOf(first), copyOf(later)]
  const names = Object.keys(given).filter(
    (name) => !HEEDED.includes(name) && given[name] !== undefined && textOf(given[name]) !== textOf(has[name]),
  )
  if (names.length === 0) return ''
  return `init was called before for this project, with other options: ${names.join(', ')} of this call ${names.length > 1 ? 'are' : 'is'} ignored`
}

/** Two functions of the same text are taken for the same option, as of a component that is rendered twice. */
function textOf(value: unknown): string {
  try {
    const written = (_: string, part: unknown) => (typeof part === 'function' ? String(part) : part)
    return isObject(value) ? JSON.stringify(value, written) : String(value)
  } catch {
    // What cannot be read differs from all else.
    return ''
  }
}
