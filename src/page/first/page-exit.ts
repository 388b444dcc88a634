/** Page exit: saves the events of a page that may never run again, because it is hidden, frozen or left. */

import type { Front } from '../../client/first/front'
import { cut } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { isRefused, NO_RULES } from '../../core/queue/rules'
import { type Shorten, writeBackup } from './backup'
import { beacon } from './beacon'
import type { Disk } from './journal'

/** What page exit needs of the host client, once its code has loaded. */
export interface Host {
  /** Posts all unacknowledged handovers again, because the page may be left. `quiet`: the page can get no answer. */
  onPageExit(quiet: boolean): void
  /** Whether the present host answers. */
  answers(): boolean
  /**
   * Whether the host is a worker that answers: it outlives the page with all that was posted, so no beacon is needed.
   */
  outlives(): boolean
  /** Handovers that the host in this page has stored and whose delivery is not known. */
  undelivered(): Handover[]
  /** Sends events of every kind as beacons. Returns the handovers whose events were all taken. */
  sendByKind(handovers: Handover[]): Handover[]
  /** The last step: releases the locks that other contexts may need, and closes channels. */
  letGo(): void
}

export interface PageExit {
  host?: Host
  /** Whether the page has been left. */
  gone: boolean
  /** Makes room for backups in localStorage. Absent until its code has loaded. */
  shorten?: Shorten
  /**
   * Writes handovers that are on no disk to the backup, which is written at once; removes it if there are none. Returns
   * whether there is a backup.
   */
  backUp(unkept: Handover[]): boolean
  /** The page is left or frozen: saves everything. */
  onExit(): void
  /**
   * There are new events. In a page that is left, a listener that ran after this one has captured them: saves them too.
   */
  handedOver(): void
  /** Stops listening for page exit. */
  end(): void
}

/**
 * @param noBeacons whether beacons would lack what only a host has: the worker's `beforeSend`, or headers that a
 * function gives
 */
export function createPageExit(
  { setup: config, outbox, ofConsent: consent }: Front,
  disk: Disk,
  queue: string,
  noBeacons: boolean,
): PageExit {
  const beaconed = new WeakSet<Handover>()
  const listening = new AbortController()

  /**
   * Writes handovers that are on no disk yet to the backup, for a later page. This is done with a worker too: the
   * browser may end a worker that is busy before it reads this page's last messages (WebKit gives it seconds), and a
   * handover that did get through is not taken twice. Without a worker that answers, all events that are not known to
   * be delivered also go as beacons, for the visitor who never comes back. A beacon proves no delivery, so its events
   * are sent again later; a second copy under the same uuid and timestamp does no harm.
   */
  function save(): void {
    cut(outbox)
    const unacknowledged = [...outbox.unacknowledged]
    const { host } = pageExit
    const { ownJournal: journal } = disk
    if (journal) {
      pageExit.backUp(unacknowledged.filter((handover) => !journal.holds(handover)))
      // The worker has been given the events, and writes them itself. An answer of the database to a page that is left
      // would cost the page its place in the back/forward cache.
      if (host?.outlives()) return
      // This write mostly ends in time for events that are captured while the page is left.
      journal.keep()
    }
    const rules = journal ? journal.lastRules : NO_RULES
    // Fails closed: while the queue's rules have not been read, no beacon is sent.
    if (!rules || rules.hooked || noBeacons || consent.optedOut) return
    const undelivered = unacknowledged
      .concat(host?.undelivered() ?? [])
      .filter((handover) => !beaconed.has(handover) && !isRefused(rules, handover.at))
    const taken = host ? host.sendByKind(undelivered) : beacon(undelivered, config)
    for (const handover of taken) beaconed.add(handover)
  }

  /** Saves the events of a hidden page, because a phone may end a hidden page without another event. */
  function hidden(): void {
    const { host } = pageExit
    if (document.visibilityState !== 'hidden' || pageExit.gone) return
    host?.onPageExit(false)
    // Timers of a hidden page are late, so the journal is written without waiting for the host's answer.
    if (host?.answers()) disk.ownJournal?.keep()
    else save()
  }

  const pageExit: PageExit = {
    gone: false,
    backUp: (unkept) => writeBackup(queue, outbox.producer, unkept, pageExit.shorten),
    onExit() {
      pageExit.host?.onPageExit(true)
      pageExit.gone = true
      save()
      pageExit.host?.letGo()
    },
    handedOver() {
      if (pageExit.gone) save()
    },
    end: () => listening.abort(),
  }
  // pagehide fires on window alone. No unload or beforeunload: either would cost the back/forward cache.
  addEventListener('pagehide', pageExit.onExit, listening)
  document.addEventListener('freeze', pageExit.onExit, listening)
  document.addEventListener('visibilitychange', hidden, listening)
  return pageExit
}
