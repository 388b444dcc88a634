/** As much of a page as its own code looks at, for what reads from it. */

export interface FakePage {
  window: Record<string, unknown>
  warnings: string[]
  leave(): void
}

/** A storage whose keys are its own properties, as in a browser. */
export function fakeStorage(rows: Record<string, string>): Storage {
  const storage = Object.create({
    getItem(this: Record<string, string>, key: string) {
      return Object.hasOwn(this, key) ? String(this[key]) : null
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      Object.defineProperty(this, key, { value: String(value), enumerable: true, configurable: true, writable: true })
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key]
    },
  })
  for (const [key, value] of Object.entries(rows)) storage.setItem(key, value)
  return storage as Storage
}

/** The same storage, as a browser hands it out when the profile is damaged. */
export function brokenStorage(): Storage {
  const fail = () => {
    throw new Error('NS_ERROR_FILE_CORRUPTED')
  }
  return { getItem: fail, setItem: fail, removeItem: fail } as unknown as Storage
}

/** Until `leave`, this context has such a `window`, and `console.warn` is heard. */
export function enterPage(window: Record<string, unknown>): FakePage {
  const globals = globalThis as Record<string, unknown>
  const before = { window: globals.window, warn: console.warn }
  const warnings: string[] = []
  globals.window = window
  console.warn = (...message: unknown[]) => void warnings.push(message.join(' '))
  return {
    window,
    warnings,
    leave() {
      console.warn = before.warn
      if (before.window === undefined) delete globals.window
      else globals.window = before.window
    },
  }
}
