/** A page's `navigator.serviceWorker`. */

import type { PageMessage } from '../../src/core/host/messages'
import { Listeners } from './listeners'
import type { Page } from './page'
import type { Coming } from './registration'

export class Container extends Listeners {
  /** The library controls no page. */
  readonly controller = null
  private readonly updates = new Listeners()
  private readonly registration

  constructor(
    private readonly page: Page,
    scope: string,
  ) {
    super()
    const { sim, realm } = page
    const view = (coming: Coming | undefined) => coming?.viewFor(realm) ?? null
    this.registration = Object.defineProperties(
      {
        scope,
        addEventListener: this.updates.addEventListener,
        removeEventListener: this.updates.removeEventListener,
        ...(sim.world.sync ? { sync: { register: async () => sim.wantSync() } } : {}),
      },
      {
        active: {
          get() {
            const { active } = sim.registration
            return active ? { postMessage: (message: PageMessage) => page.post(active, message) } : null
          },
        },
        installing: { get: () => view(sim.registration.installing) },
        waiting: { get: () => view(sim.registration.waiting) },
      },
    )
  }

  async register() {
    const { sim, realm, setup } = this.page
    await sim.registration.register(realm, setup.workerVersion)
    return this.registration
  }

  getRegistration() {
    const { sim, realm } = this.page
    return realm.effect('registration', () => (sim.registration.exists ? this.registration : undefined))
  }

  startMessages(): void {}

  /** Another worker has begun to be installed. */
  updateFound(): void {
    this.updates.dispatch('updatefound')
  }
}
