/**
 * JSON of values for which the platform's `JSON.stringify` alone writes what docs/event-values.md says. Most events are
 * of such values, and `JSON.stringify` takes a quarter of the time that `write-json.ts` takes for them.
 */

/**
 * The most levels, values and characters that are looked at. More of them are left to `write-json.ts`, which bounds
 * each.
 */
const MAX_LEVELS = 50
const MAX_LOOK = 100_000

const NEVER = -1

/** Prototypes on which old versions of Prototype.js put a `toJSON`. */
const PATCHED = [Object.prototype, Array.prototype, String.prototype, Number.prototype, Boolean.prototype]

/** @returns `undefined` where a value needs another form, or cannot be read */
export function plainJson(root: unknown): string | undefined {
  try {
    if (PATCHED.some((prototype) => 'toJSON' in prototype)) return undefined
    // A page may have replaced `JSON.stringify` by one that indents, say.
    if (JSON.stringify([0]) !== '[0]') return undefined
    return look(root, 0, MAX_LOOK) >= 0 ? JSON.stringify(root) : undefined
  } catch {
    // `write-json.ts` leaves out the value that cannot be read, and writes the others.
    return undefined
  }
}

/**
 * Looks at a value and all that is in it.
 *
 * @param left how many values and characters may still be looked at
 * @returns how many may be looked at after it, or less than 0 where something needs another form
 */
function look(value: unknown, level: number, left: number): number {
  if (typeof value === 'string') return left - value.length - 1
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? NEVER : left - 1
  if (level > MAX_LEVELS || !isPlainObject(value)) return NEVER
  // A list of holes has a length without keys.
  if (Array.isArray(value) && value.length > left) return NEVER
  let rest = left - 1
  for (const name of Object.keys(value)) {
    if (rest < 0) return rest
    rest = look((value as Record<string, unknown>)[name], level + 1, rest)
  }
  return rest
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && prototype !== Array.prototype) return false
  // An object with `addEventListener` is taken for a part of the page.
  return !('toJSON' in value || 'addEventListener' in value)
}
