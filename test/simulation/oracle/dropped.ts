/** What its page has told as dropped is not queued after all. */

import type { DropReason } from '../../../src/core/base/reports'
import { Breach } from '../../support/breach'
import type { Commit } from './facts'

/** Why a page gives up what a host may have in its hands by then: it cannot tell, and says the worse. */
const MAY_BE_ON_THEIR_WAY = new Set<DropReason>(['opted_out', 'shutdown'])

export function dropped({ queue }: Commit): Breach | undefined {
  for (const { uuid, droppedHere } of queue?.added ?? []) {
    if (droppedHere !== undefined && !MAY_BE_ON_THEIR_WAY.has(droppedHere)) {
      return new Breach('dropped', `${uuid} was dropped as ${droppedHere} and is queued`)
    }
  }
  return undefined
}
