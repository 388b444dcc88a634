/** A localStorage for tests in Node: like the browser's, its entries are its own properties. */

import { vi } from 'vitest'

export function stubLocalStorage(): void {
  const storage: Record<string, string> & Partial<Storage> = Object.create({
    getItem: (key: string) => storage[key] ?? null,
    setItem(key: string, value: string) {
      storage[key] = value
    },
    removeItem: (key: string) => delete storage[key],
  })
  vi.stubGlobal('window', { localStorage: storage })
}
