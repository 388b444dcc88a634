/** What a page does about its events when it may never run again. */

import type { Link } from '../client/link'
import type { QueueConfig } from '../core/settings'
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
}

export function createDeparture({ link, connect, config, queue, durable, now }: DepartureOptions): Departure {
  let spilledBy: string | undefined

  /**
   * A message to an active worker arrives even from `pagehide`. What no worker has is written down for the next page,
   * and sent as a beacon too, for the visitor who never comes back: it proves nothing, and a second delivery under the
   * same uuid and timestamp does no harm.
   */
  function leaving(): void {
    const { open, answered } = link.leave()
    if (link.channel?.host === 'worker' && answered) return
    if (durable) spilledBy = spill(queue, open) > 0 ? open[0]?.producer : undefined
    const unsent = open.flatMap(({ events, format }) => events.map((json) => ({ json, format })))
    if (navigator.onLine !== false) beacon(unsent, config, now(), connect.compressNow)
    connect.inPage()?.letGo()
  }

  return {
    hidden: () => void link.leave(),
    leaving,
    back() {
      if (spilledBy !== undefined) removeSpill(queue, spilledBy)
      spilledBy = undefined
      link.wake('due')
    },
  }
}
