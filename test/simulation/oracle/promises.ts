/** Every promise that a caller gets is settled in the end, whatever dies, and none is rejected. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

export function rejected({ what, error }: { what: string; error: unknown }): Breach | undefined {
  return new Breach('promises', `${what} was rejected: ${String(error)}`)
}

export function stillWaiting({ pages }: Pick<End, 'pages'>): Breach | undefined {
  for (const { name, waiting } of pages) {
    if (waiting.length > 0) return new Breach('promises', `${name}: ${waiting[0]} is still waiting`)
  }
  return undefined
}
