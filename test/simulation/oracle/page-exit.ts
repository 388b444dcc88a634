/**
 * When a page is left, what is neither committed nor in the journal is in localStorage (or, without room there, with a
 * worker or a beacon), and is taken up: no other page removes it before it is on disk.
 */

import { Breach } from '../../support/breach'
import type { Context } from '../exchange'
import type { Chosen, End, Left } from './facts'
import { isKept } from './kept'
import type { Witness } from './witness'

/** Characters for which a page has room in localStorage in any case: it bounds itself at 500,000. */
const ROOM_FOR_SPILLS = 400_000

/** What a page could not write down it gave to a worker or a beacon, unless those refused it too. */
export function pageExit({ page, open, size, words }: Left): Breach | undefined {
  const couldWrite = !words.unwritten && size < ROOM_FOR_SPILLS
  const isSaved = ({ uuid, writtenDown, beaconed }: Left['open'][number]) =>
    writtenDown || (!couldWrite && (beaconed || words.posted.has(uuid) || words.unsent))
  const lost = open.find((witness) => !isSaved(witness))
  return lost && breach(`${lost.uuid} was not written down by ${page} when it was left`)
}

/** What a page wrote down, another one may remove once it is in the journal or in the queue, or will never be. */
export function moved({ by, written, ...chosen }: Removed): Breach | undefined {
  const lost = written.find((witness) => witness.page !== by && witness.journaled === 0 && isKept(witness, chosen))
  return lost && breach(`${by.name} removed ${lost.uuid} of ${lost.page.name} from localStorage, and no disk has it`)
}

interface Removed extends Chosen {
  by: Context
  written: Witness[]
}

export function takenUp({ events, ...chosen }: Pick<End, 'events' | 'refusals' | 'choices'>): Breach | undefined {
  for (const witness of events) {
    const { uuid, page, writtenDown, journaled } = witness
    if (writtenDown && journaled === 0 && isKept(witness, chosen))
      return breach(`${uuid} was written down by ${page.name} and is lost`)
  }
  return undefined
}

const breach = (detail: string) => new Breach('pageExit', detail)
