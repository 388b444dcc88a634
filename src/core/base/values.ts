/** Small questions about values that may be anything. */

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export const asRecord = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

export const isPresent = (value: unknown): boolean => value !== undefined && value !== null

/** A text without the white space around it; blank for anything else. */
export const trimmed = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

/** A number as its text; any other value as it is. */
export const asText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'bigint' ? `${value}` : value

/** Whether a value can name something: a text that is not blank. */
export const isText = (value: unknown): value is string => trimmed(value) !== ''

/** Characters: they go in messages, reports and warnings. */
const MAX_VALUE = 150

/** A value or an error in words. The value may come from any code on the page, and may throw when it is read. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_VALUE))
    // The text of a whole array could be as long as memory.
    if (Array.isArray(value)) return `an array of ${value.length}`
    return String(value).slice(0, MAX_VALUE)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

/** A plain copy of what a caller gave, without what throws when it is read. */
export function copyOf(value: unknown): Record<string, unknown> {
  // `__proto__` is a name like any other here.
  const copy = Object.create(null)
  const given = asRecord(value)
  try {
    // Inherited properties count too: a site may derive its options from an object with its defaults.
    for (const name in given) {
      try {
        copy[name] = given[name]
      } catch {
        // A property that throws counts as not given; `readable.ts` warns of it.
      }
    }
  } catch {
    // A proxy may not even name its properties.
  }
  return copy
}
