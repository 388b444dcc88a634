/**
 * JSON of what a step has, with the forms that values have in events (docs/event-values.md) where this takes little
 * code: bytes are no list here, and what throws when it is read costs the whole step, not itself alone.
 */

import { isObject } from '../../core/base/values'

export function stepJson(value: object): string {
  /** The objects around the one that is being written. */
  const within: unknown[] = []
  return JSON.stringify(value, function (this: unknown, _, given: unknown) {
    if (typeof given === 'bigint') return String(given)
    if (!isObject(given)) return given
    while (within.length > 0 && within.at(-1) !== this) within.pop()
    const form = formOf(given)
    if (within.includes(form)) return '[Circular]'
    within.push(form)
    return form
  })
}

function formOf(given: object): unknown {
  if (given instanceof Map) return Object.fromEntries(given)
  if (given instanceof Set) return [...given]
  if (given instanceof Error) return { ...given, name: given.name, message: given.message }
  return given
}
