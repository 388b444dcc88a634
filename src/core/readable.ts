import { copyOf, show } from './values'

/** A plain copy of what a caller gave. Warns of what throws when it is read, and leaves it out. */
export const readable = (value: unknown, what: string, warn: (message: string) => void): Record<string, unknown> =>
  copyOf(value, (name) =>
    warn(
      name === undefined
        ? `${what} cannot be read; going on without`
        : `${what}: ${show(name)} cannot be read; going on without it`,
    ),
  )
