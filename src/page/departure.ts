/** What a page does about its events when it may never run again. */

import type { Front } from '../client/front'
import { cut } from '../client/outbox'
import type { EventJson } from '../core/event'
import type { Handover } from '../core/handover'
import { beacon } from './beacon'
import { spill } from './spill'

/** The way to a host, once there is one. */
export interface Host {
  /** The page is being left: hands over everything again. */
  leave(): void
  /** Whether a worker has, or is about to have, what it was posted. */
  holdsAll(): boolean
  /** An event that was made for v1, made for v0: beacons have no headers. */
  forV0(json: EventJson): EventJson
  /** The last thing: lets go of what others need. */
  letGo(): void
}

export interface Departure {
  host: Host | undefined
  /** Whether the page has been left. */
  gone: boolean
  /** Whether something is written down. */
  isSpilled: boolean
  leaving(): void
  /** New events were handed over, perhaps by a listener that runs after ours while the page goes. */
  handedOver(): void
  /** Listens no longer. */
  end(): void
}

export function createDeparture({ config, outbox }: Front, queue: string, durable: boolean): Departure {
  const beaconed = new WeakSet<Handover>()

  /**
   * What no host has committed is written down for the next page: a worker with an earlier message in its hands can be
   * ended by the browser before it comes to this page's last ones (WebKit gives it seconds), and a handover that did get
   * through is not taken twice. Without a worker that answers it is sent as a beacon too, for the visitor who never
   * comes back: it proves nothing, and a second delivery under the same uuid and timestamp does no harm.
   */
  function save(): void {
    cut(outbox)
    const open = [...outbox.open]
    if (durable && spill(queue, open) > 0) departure.isSpilled = true
    if (departure.host?.holdsAll()) return
    if (navigator.onLine === false) return
    const unsent = open.filter((handover) => !beaconed.has(handover))
    for (const handover of beacon(unsent, config, departure.host?.forV0)) beaconed.add(handover)
  }

  const departure: Departure = {
    host: undefined,
    gone: false,
    isSpilled: false,
    leaving() {
      departure.host?.leave()
      departure.gone = true
      save()
      departure.host?.letGo()
    },
    handedOver() {
      if (departure.gone) save()
    },
    end() {
      removeEventListener('pagehide', departure.leaving)
      document.removeEventListener('freeze', departure.leaving)
    },
  }
  // pagehide fires on window alone. No unload or beforeunload: either would cost the back/forward cache.
  addEventListener('pagehide', departure.leaving)
  document.addEventListener('freeze', departure.leaving)
  return departure
}
