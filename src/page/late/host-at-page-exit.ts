/** What page exit asks of the host, and what is kept for a later page. */

import type { HostClient } from '../../client/late/host-client'
import type { AfterChoices } from '../../client/late/host-client-ports'
import type { Handover } from '../../core/queue/handover'
import type { Disk } from '../first/journal'
import type { Host, PageExit } from '../first/page-exit'
import { type BeaconConfig, beacons } from './beacons'
import type { Undelivered } from './undelivered'

export function hostAtPageExit(
  hostClient: HostClient,
  undelivered: Undelivered,
  choices: AfterChoices,
  beaconConfig: BeaconConfig,
  isInMemory: () => boolean,
  letGo: () => void,
): Host {
  const isWorker = () => hostClient.channel?.host === 'worker'
  return {
    onPageExit: hostClient.onPageExit,
    answers: hostClient.answered,
    // Before the page's last step on the rules is on disk, a handover is not posted.
    outlives: () => isWorker() && hostClient.answered() && choices.isSettled(),
    undelivered: () => (isWorker() ? [] : [...undelivered.handovers]),
    // Fails closed: a page without a journal has no rules, but asks the disk for a refusal that localStorage has lost.
    // The browser would take a beacon through a redirect, wherever it leads: `sendBeacon` cannot be told not to.
    sendByKind: (handovers) =>
      (isInMemory() && !choices.isSettled()) || hostClient.isRedirected() ? [] : beacons(handovers, beaconConfig),
    letGo,
  }
}

/** Keeps handovers that no host has taken for a later page. Returns how many of their events are kept. */
export function keepAtTheEnd(unacknowledged: Handover[], pageExit: PageExit, journal: Disk['ownJournal']): number {
  if (!journal) return 0
  const unkept = unacknowledged.filter((handover) => !journal.holds(handover))
  return countEvents(unacknowledged) - (pageExit.backUp(unkept) ? 0 : countEvents(unkept))
}

const countEvents = (handovers: Handover[]) => handovers.reduce((sum, { events }) => sum + events.length, 0)
