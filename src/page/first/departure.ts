/** What a page does about its events when it may never run again. */

import type { Front } from '../../client/first/front'
import { cut } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { NO_RULES } from '../../core/queue/rules'
import { type BeaconHelp, beacon } from './beacon'
import type { Journal } from './journal'
import { type Shorten, spill } from './spill'

/** The way to a host, once there is one. */
export interface Host extends BeaconHelp {
  /** The page may be left: hands over everything again. `quiet`: it can hear no answer. */
  leave(quiet: boolean): void
  /** Whether there is a host that answers. */
  answers(): boolean
  /** Whether that is a worker, which outlives the page with all that it was posted. */
  outlives(): boolean
  /** What the host in this page has taken and no answer has come for. */
  unsent(): Handover[]
  /** The last thing: lets go of what others need. */
  letGo(): void
}

/** Where a page remembers that beside its other choices, in localStorage. */
export const HOOKED_KEY = 'hooked'

export interface Departure {
  host: Host | undefined
  /** Whether the page has been left. */
  gone: boolean
  /** Whether something is written down in localStorage. */
  isSpilled: boolean
  /** Makes room there for what is to be written down. Loaded late. */
  shorten: Shorten | undefined
  /** Writes down what is on no disk, in the only storage that takes it at once. Returns whether it is there. */
  spill(unkept: Handover[]): boolean
  leaving(): void
  /** New events were handed over, perhaps by a listener that runs after ours while the page goes. */
  handedOver(): void
  /** Listens no longer. */
  end(): void
}

export interface DepartureOptions {
  queue: string
  /** The page's way to the disk, where it may have one. */
  journal: Journal | undefined
  /** The site says, or this page remembers, that the site's worker has a `beforeSend`. */
  hooked(): boolean
}

export function createDeparture({ config, outbox, optedOut }: Front, options: DepartureOptions): Departure {
  const { queue, journal, hooked } = options
  const beaconed = new WeakSet<Handover>()
  const listening = new AbortController()

  /**
   * What is on no disk yet is written down for a later page: a worker with an earlier message in its hands can be ended
   * by the browser before it comes to this page's last ones (WebKit gives it seconds), and a handover that did get through
   * is not taken twice. Without a worker that answers, all that is not known to be sent goes as a beacon too, for the
   * visitor who never comes back: it proves nothing, and a second delivery under the same uuid and timestamp does no harm.
   */
  function save(): void {
    cut(outbox)
    const open = [...outbox.open]
    if (journal) {
      departure.spill(open.filter((handover) => !journal.holds(handover)))
      // In time mostly, where the page was captured from while it goes.
      journal.keep()
    }
    const { host } = departure
    const rules = journal ? journal.rules : NO_RULES
    // Fails closed: what has been decided about the queue may not have been read yet.
    if (!rules || rules.refused || rules.hooked || hooked() || optedOut()) return
    if (host?.outlives() || navigator.onLine === false) return
    const unsent = open.concat(host?.unsent() ?? []).filter((handover) => !beaconed.has(handover))
    for (const handover of beacon(unsent, config, host)) beaconed.add(handover)
  }

  /** The page is no longer seen. A phone may end it without another word. */
  function hidden(): void {
    const { host } = departure
    if (document.visibilityState !== 'hidden' || departure.gone) return
    host?.leave(false)
    // Timers of a hidden page are late, so nothing waits for an answer.
    if (host?.answers()) journal?.keep()
    else save()
  }

  const departure: Departure = {
    host: undefined,
    gone: false,
    isSpilled: false,
    shorten: undefined,
    spill(unkept) {
      if (unkept.length > 0 || departure.isSpilled)
        departure.isSpilled = spill(queue, outbox.producer, unkept, departure.shorten)
      return departure.isSpilled
    },
    leaving() {
      departure.host?.leave(true)
      departure.gone = true
      save()
      departure.host?.letGo()
    },
    handedOver() {
      if (departure.gone) save()
    },
    end: () => listening.abort(),
  }
  // pagehide fires on window alone. No unload or beforeunload: either would cost the back/forward cache.
  addEventListener('pagehide', departure.leaving, listening)
  document.addEventListener('freeze', departure.leaving, listening)
  document.addEventListener('visibilitychange', hidden, listening)
  return departure
}
