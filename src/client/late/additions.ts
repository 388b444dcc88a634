/**
 * What plugins that load late add to the events that were captured before they were there. No host is given an event
 * meanwhile; the journal and page exit work as ever, so a page that is left sends its events as they were made.
 */

import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import { within } from '../../core/base/within'
import type { Handover } from '../../core/queue/handover'
import type { Early } from '../first/capture'
import type { Adding, Addition } from '../first/client-events'
import type { Front } from '../first/front'
import type { addToEarly } from './add-to-early'
import { debug } from './debug'
import type { Masking } from './masking'

/** After this many ms the events go without what a plugin would add that has not loaded. */
const ADDING_LIMIT_MS = 3_000

export interface Additions {
  /**
   * Goes on noting events until the plugins are there, and then amends them. To be called once events are written in
   * full.
   */
  begin(masking: Masking | undefined): void
  /** Resolves once the events are amended, or the time is over; at once where nothing adds to events. */
  settled(): Promise<void>
}

/**
 * To be called before the first code's events are written in full.
 *
 * @param onAmended called with the handovers whose copy on disk, if there is one, is out of date. Its promise is waited
 * for
 */
export function createAdditions(
  front: Pick<Front, 'capture' | 'outbox' | 'setup' | 'emitter'>,
  clock: Clock,
  onAmended: (handovers: Handover[]) => Promise<void> | undefined,
): Additions {
  const { capture, emitter } = front
  const loading: Promise<Adding>[] = []
  emitter.emit('adding', loading)
  const early = capture.early ?? []
  let onSettled: (() => void) | undefined
  const settled = new Promise<void>((resolve) => (onSettled = resolve))
  if (loading.length === 0) onSettled?.()

  async function amend(masking: Masking | undefined): Promise<void> {
    const adding: Adding[] = []
    // A plugin whose code cannot be loaded adds nothing, and warns of that itself.
    const all = loading.map((one) => one.then((known) => void adding.push(known)))
    let add: typeof addToEarly | undefined
    const code = import('./add-to-early').then((loaded) => {
      add = loaded.addToEarly
    })
    await within(ADDING_LIMIT_MS, Promise.allSettled([code, ...all]), clock)
    // The noting ends in the task in which plugins are asked: from then on a plugin adds to an event when the event is
    // made.
    capture.early = undefined
    const additions = new Map<string, [made: Early, additions: Addition[]]>()
    for (const made of early) {
      const found = adding
        .map((of) => of(made.madeWith ?? made.event.properties, made.event.properties))
        .filter((one) => one !== undefined)
      if (found.length > 0) additions.set(made.event.uuid, [made, found])
    }
    if (!add) throw new Error('the code that adds to them has not loaded')
    await onAmended(add(front, masking, additions))
  }

  return {
    begin(masking) {
      if (loading.length === 0) return
      capture.early = early
      amend(masking)
        .catch((error) => debug(front.setup.logs, `events go as they were made: ${show(error)}`))
        .finally(onSettled)
    },
    settled: () => settled,
  }
}
