/**
 * When a page is left, what is neither committed nor in the journal is in localStorage (or, without room there, with a
 * worker or a beacon), and is taken up: no other page removes it before it is on disk.
 */

import { Breach } from '../../support/breach'
import type { Context } from '../exchange'
import type { Chosen, Circumstances, End, Left } from './facts'
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
export function moved({ by, written, ...at }: Removed): Breach | undefined {
  const lost = written.find((witness) => witness.page !== by && isOnNoDisk(witness, at))
  return lost && breach(`${by.name} removed ${lost.uuid} of ${lost.page.name} from localStorage, and no disk has it`)
}

interface Removed extends Chosen, Age {
  by: Context
  written: Witness[]
}

export function takenUp({ events, ...at }: Pick<End, 'events' | keyof Chosen> & Age): Breach | undefined {
  for (const witness of events) {
    const { uuid, page, writtenDown } = witness
    if (writtenDown && isOnNoDisk(witness, at)) return breach(`${uuid} was written down by ${page.name} and is lost`)
  }
  return undefined
}

type Age = Pick<Circumstances, 'latestWallSince' | 'settings'>

/** What localStorage has kept for longer than a queue would keep it is dropped before it comes to the disk. */
function isOnNoDisk(witness: Witness, { latestWallSince, settings, ...chosen }: Chosen & Age): boolean {
  const isExpired = latestWallSince(witness.capturedAt) - Date.parse(witness.timestamp) > settings.maxEventAge
  return witness.journaled === 0 && !isExpired && isKept(witness, chosen)
}

const breach = (detail: string) => new Breach('pageExit', detail)
