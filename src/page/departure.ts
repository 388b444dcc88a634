/** What a page does about its events when it may never run again. */

import type { Link } from '../client/link'
import type { Handover } from '../core/handover'
import type { QueueConfig } from '../core/queue-config'
import { beacon } from './beacon'
import type { PageConnect } from './connect'
import { removeSpill, spill } from './spill'

export interface DepartureOptions {
  link: Link
  connect: PageConnect
  config: QueueConfig
  queue: string
  durable: boolean
  now: () => number
}

export interface Departure {
  hidden(): void
  leaving(): void
  back(): void
  /** New events were handed over, perhaps by a listener that runs after ours while the page goes. */
  handedOver(): void
}

export function createDeparture({ link, connect, config, queue, durable, now }: DepartureOptions): Departure {
  const beaconed = new WeakSet<Handover>()
  let spilledBy: string | undefined
  let gone = false

  /**
   * A message to an active worker arrives even from `pagehide`. What no worker has is written down for the next page,
   * and sent as a beacon too, for the visitor who never comes back: it proves nothing, and a second delivery under the
   * same uuid and timestamp does no harm.
   */
  function save(): void {
    if (link.channel?.host === 'worker' && link.answered()) return
    const open = link.open()
    if (durable) spilledBy = spill(queue, open) > 0 ? open[0]?.producer : undefined
    const unsent = open.filter((handover) => !beaconed.has(handover))
    for (const handover of unsent) beaconed.add(handover)
    const events = unsent.flatMap(({ events, format }) => events.map((json) => ({ json, format })))
    if (navigator.onLine !== false) beacon(events, config, now())
  }

  return {
    // A page that navigates away is hidden after it was left, and by then it can hear no answer.
    hidden: () => link.leave(gone),
    leaving() {
      link.leave(true)
      gone = true
      save()
      connect.inPage()?.letGo()
    },
    back() {
      gone = false
      if (spilledBy !== undefined) removeSpill(queue, spilledBy)
      spilledBy = undefined
      link.back()
    },
    handedOver() {
      if (gone) save()
    },
  }
}
