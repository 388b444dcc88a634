import { asRecord, copyOf, show } from './values'

/** A plain copy of an object from a caller. Properties that throw when they are read are left out, with a warning. */
export function readable(value: unknown, what: string, warn: (message: string) => void): Record<string, unknown> {
  const copy = copyOf(value)
  try {
    for (const name in asRecord(value)) {
      if (!(name in copy)) warn(`${what}: ${show(name)} cannot be read; going on without it`)
    }
  } catch {
    warn(`${what} cannot be read; going on without`)
  }
  return copy
}
