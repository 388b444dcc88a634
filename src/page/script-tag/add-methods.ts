/** Methods that come with code that loads late. */

import type { Outlast } from '../types'

/** To the client itself, for commands, and to what the page knows it by. */
export function addMethods(client: Outlast, methods: Record<string, unknown>): void {
  for (const known of [client, Reflect.get(window, 'outlast')]) {
    if (typeof known === 'object' && known) Object.assign(known, methods)
  }
}
