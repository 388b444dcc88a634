/** Small questions about values that may be anything. */

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

export const asRecord = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null

/** Whether it can name something. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** Characters: they go in messages, reports and warnings. */
const MAX_VALUE = 80
const MAX_ERROR = 500

/** A value or an error in words. The value may come from any code on the page, and may throw when it is read. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, MAX_VALUE))
    // The text of another array could be as long as memory.
    if (Array.isArray(value)) return `an array of ${value.length}`
    return String(value).slice(0, value instanceof Error ? MAX_ERROR : MAX_VALUE)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

/**
 * A plain copy of what a caller gave, without what throws when it is read.
 *
 * @param unread told the name of that, or nothing where nothing can be read
 */
export function copyOf(value: unknown, unread: (name?: string) => void = () => undefined): Record<string, unknown> {
  // `__proto__` is a name like any other here.
  const copy = Object.create(null)
  const given = asRecord(value)
  try {
    // Inherited properties count too: a site may derive its options from an object with its defaults.
    for (const name in given) {
      try {
        copy[name] = given[name]
      } catch {
        unread(name)
      }
    }
  } catch {
    unread()
  }
  return copy
}
