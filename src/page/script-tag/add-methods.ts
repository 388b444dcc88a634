/** Methods that come with code that loads late. */

import type { Outlast } from '../types'

/** Adds methods to the client itself, for commands, and to `window.outlast`, by which the page knows the client. */
export function addMethods(client: Outlast, methods: Record<string, unknown>): void {
  for (const known of [client, Reflect.get(window, 'outlast')]) {
    if (typeof known === 'object' && known) Object.assign(known, methods)
  }
}
