import type { Locks } from '../core/base/ports'

/**
 * Web Locks show whether a sender still lives: the browser releases them with their context. Where they do not exist
 * (insecure and opaque origins, old engines) `held` answers `undefined`, and leases end by age.
 */
export function webLocks(manager: LockManager | undefined = managerOfThisContext()): Locks {
  return {
    acquire(name) {
      if (!manager) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const held = () => new Promise<void>((release) => resolve(release))
        const request = async () => manager.request(name, held)
        // A document that is being left refuses locks: it will not send anything either.
        request().catch(() => resolve(undefined))
      })
    },
    async held() {
      try {
        const { held = [] } = (await manager?.query()) ?? {}
        return manager ? new Set(held.map(({ name }) => name ?? '')) : undefined
      } catch {
        // In such a document the locks are not known, so no sender can be presumed dead.
        return undefined
      }
    },
  }
}

function managerOfThisContext(): LockManager | undefined {
  try {
    return globalThis.navigator?.locks
  } catch {
    // Opaque origins throw on reading the property.
    return undefined
  }
}
