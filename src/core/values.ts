/** Small questions about values that may be anything. */

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Whether it can name something. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
    // Its text could be as long as memory.
    return Array.isArray(value) ? `an array of ${value.length}` : String(value).slice(0, 80)
  } catch {
    // Objects without a prototype, or with a toString that throws.
    return typeof value
  }
}

/** Characters: it goes in messages, reports and warnings. */
const MAX_DESCRIPTION = 500

/** What went wrong, in words. An error may come from anybody's code, and throw at whoever reads it. */
export function describe(error: unknown): string {
  try {
    return typeof error === 'string' || error instanceof Error ? String(error).slice(0, MAX_DESCRIPTION) : show(error)
  } catch {
    return 'an error that cannot be read'
  }
}

/**
 * A plain copy of what a caller gave, without what throws when it is read.
 *
 * @param unread told the name of that, or nothing where nothing can be read
 */
export function copyOf(value: unknown, unread: (name?: string) => void = () => undefined): Record<string, unknown> {
  const copy = new Map<string, unknown>()
  const given = asRecord(value)
  try {
    // Inherited ones too: somebody may extend defaults of their own.
    for (const name in given) {
      try {
        copy.set(name, given[name])
      } catch {
        unread(name)
      }
    }
  } catch {
    unread()
  }
  return Object.fromEntries(copy)
}
