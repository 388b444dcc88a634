import { copyOf, show } from './values'

/** A plain copy of an object from a caller. Properties that throw when they are read are left out, with a warning. */
export const readable = (value: unknown, what: string, warn: (message: string) => void): Record<string, unknown> =>
  copyOf(value, (name) =>
    warn(
      name === undefined
        ? `${what} cannot be read; going on without`
        : `${what}: ${show(name)} cannot be read; going on without it`,
    ),
  )
