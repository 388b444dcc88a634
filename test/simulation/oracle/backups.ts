/** Nothing is left behind in localStorage. */

import { Breach } from '../../support/breach'
import type { End } from './facts'

export function backups({ backups }: Pick<End, 'backups'>): Breach | undefined {
  if (backups.length === 0) return undefined
  return new Breach('backups', `${backups.length} are left in localStorage`)
}
