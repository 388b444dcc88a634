/** Every uuid is of an event that was captured. */

import { Breach } from '../../support/breach'
import type { Commit } from './facts'

export function uuid({ stranger }: { stranger: string | undefined }): Breach | undefined {
  return stranger === undefined ? undefined : new Breach('uuid', `${stranger} was never captured`)
}

export function uuidOnDisk({ strangers: [stranger] }: Pick<Commit, 'strangers'>): Breach | undefined {
  return stranger === undefined ? undefined : new Breach('uuid', `${stranger} is on disk and was never captured`)
}
