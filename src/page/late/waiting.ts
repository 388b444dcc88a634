/**
 * What a page does whose client may not begin by itself: the person has refused or has not chosen yet, an option has to
 * be looked at first, or the client is to do nothing at all.
 */

import type { Consent } from '../../client/first/consent'
import type { Answers, Front, LateDelivery } from '../../client/first/front'
import { PERSON_KEY } from '../../client/first/person'
import { unanswered } from '../../client/first/unanswered'
import { cookieless } from '../../client/late/cookieless'
import { debug } from '../../client/late/debug'
import { statsOfOutbox } from '../../client/late/results'
import { copyOf, show } from '../../core/base/values'
import { queueKey } from '../../core/config/queue-config'
import type { Rules } from '../../core/queue/rules'
import { browserObjects } from '../browser-objects'
import type { OutlastOptions } from '../types'
import { adopting } from './adopt'
import { codeIsLate, standIn } from './by-need'
import type * as Sharing from './cross-subdomain/share'
import type { Answering } from './delivery'
import { dropRefused, dropWaiting } from './drop-waiting'
import { backedUp } from './earlier-hosts'
import { earlierRules } from './earlier-rules'
import { eraseOthers } from './erase-others'
import { isOfChoice, lastRefusalIn, type Refusals } from './last-refusal'
import { leaveForGood } from './leave-for-good'
import { namesIn } from './older-names'
import type { StoragePorts } from './persistence'
import { openRulesChannel } from './rules-channel'
import { forgetOlder, takeOverOlder } from './take-over-older'
import { warnOfGuards } from './warn-of-page-options'
import { writePersonFirst } from './write-person-first'

/** How long in ms the disk may take to say what was chosen earlier. Calls with an answer wait for it. */
const LOOK_LIMIT_MS = 5_000

const CONSENTS: unknown[] = [undefined, 'granted', 'denied', 'pending']

/**
 * @param begin starts the client unless its start is `withheld`
 * @param ports where the page stores
 * @param sharing with the option `crossSubdomain`
 * @returns what answers in place of the delivery
 */
export function wait(
  front: Front,
  raw: unknown,
  begin: () => void,
  ports: StoragePorts,
  refusals: Refusals,
  sharing?: typeof Sharing,
): Answering {
  const { setup, ofConsent, capture } = front
  const isBegun = () => capture.onNew !== undefined
  // The person may have agreed while this code was loading.
  if (isBegun()) return courierOf(front, ports)
  const options = copyOf(raw) as OutlastOptions
  const { logs: log, halted } = setup
  if (halted) {
    log.warnOf('idle', halted)
    return answersOf(front)
  }
  if (!CONSENTS.includes(options.consent))
    log.warn(
      `consent must be 'granted', 'denied' or 'pending' (got ${show(options.consent)}); taken for 'pending', so that nothing is stored or sent before optIn()`,
    )
  warnOfGuards(options, log.warnOf)
  const isBarred = browserObjects(options)
  takeOverOlder(front, options)
  const adopt = adopting(front, options)
  presume(ofConsent, options.consent, isBarred)
  front.sharing = sharing?.shareAcrossSubdomains(front, options, ports)
  if (options.cookieless) cookieless(front, surroundings())
  const isKnown = () => ports.kept.get(PERSON_KEY) !== undefined
  let wasKnown = isKnown()
  /** Whether the person has refused since this page waits. */
  let hasRefused = false
  /** Resets the person whom another tab has erased, and whom this tab has in memory. */
  function forgetErased(): void {
    if (wasKnown && !isKnown() && !front.successor) front.person.reset()
    wasKnown = isKnown()
  }
  function heed(): void {
    const hasMissed = dropRefused(front, ports, refusals)
    if (ofConsent.optedOut) {
      adopt?.never()
      // Whether the person is erased too is known once the call has ended.
      void Promise.resolve().then(() => {
        forgetOlder(front, options)
        if (front.successor) erase()
        forgetErased()
      })
      hasRefused = true
    } else if (!capture.isClosed) {
      if (hasRefused || hasMissed) forgetErased()
      if (!ofConsent.withheld) {
        // A person whom another subdomain knows already is not taken over from posthog-js.
        if (!front.sharing?.hasPerson()) adopt?.takeOver()
        front.sharing?.join()
      }
      begin()
    }
  }
  let erasedAt = 0
  function erase(): void {
    const { choice } = ofConsent
    // The first code has erased what this page has. Earlier visits have left a person and events on the device, with
    // which this page has not begun.
    if (choice.at === erasedAt) return
    erasedAt = choice.at
    refusals.erased(choice.at)
    refusals.heed({ refusedAt: choice.at, erasedAt: choice.at })
    void eraseOthers(front, choice)
  }
  // A person who was adopted, or is known on another subdomain, is the same one in each tab: `heed` finds out who that
  // is.
  if (!isBarred && !adopt && !front.sharing) writePersonFirst(front, ports.kept)
  front.onChoice = heed
  // Another tab may have chosen while this code was loading.
  heed()
  const looked = isBegun() ? Promise.resolve() : heedOthers(front, refusals, heed, begin, isBarred)
  // Calls that came meanwhile are answered by the delivery, if the client has begun by now.
  return looked.then(() => (isBegun() ? courierOf(front, ports) : answersOf(front)))
}

/**
 * The delivery of a client that has begun. Where its code does not come in time, a stand-in answers until the code is
 * there.
 */
function courierOf(front: Front, ports: StoragePorts): Answering {
  const { courier, onCourier } = front
  if (courier) return courier
  const made = new Promise<LateDelivery>((resolve) => {
    front.onCourier = (one) => {
      onCourier?.(one)
      resolve(one)
    }
  })
  return Promise.race([made, codeIsLate().then(() => standIn(front, ports, () => front.courier))])
}

/**
 * Hears of choices that are made elsewhere, or were made on an earlier page, and of the library's removal from the
 * site.
 *
 * @param isBarred whether no choice counts, so that the page hears of the removal alone
 */
async function heedOthers(
  front: Front,
  refusals: Refusals,
  heed: () => void,
  begin: () => void,
  isBarred: boolean,
): Promise<void> {
  const { setup, ofConsent, capture } = front
  // Once the client begins, the delivery hears of choices.
  const isWaiting = () => !capture.onNew && !capture.isClosed
  // localStorage tells of a choice first, and tells nothing where it is full or the site empties it.
  const channel = openRulesChannel(
    queueKey(setup),
    () => isWaiting() && void look(false),
    (last) => {
      refusals.hear(last)
      if (isWaiting()) heed()
    },
    async (timeoutMs) => {
      if (!isWaiting()) return
      dropWaiting(front, 'shutdown', 'the library was removed before the person agreed')
      // No call of this page is to make a database any more.
      withhold(ofConsent, true)
      refusals.end()
      await leaveForGood(front, { shutdown: async () => answersOf(front).shutdown() }, undefined, timeoutMs)
    },
  )
  refusals.tell = channel.tell
  addEventListener('storage', ({ key }: StorageEvent) => {
    const { today, older } = namesIn(key ?? '', setup.apiKey, queueKey(setup))
    if (!isOfChoice(today ?? older?.slice(older.lastIndexOf(':') + 1)) || !isWaiting()) return
    if (!isBarred) refusals.keepLater()
    heed()
  })
  // A page in the back/forward cache is not told of what another page stores, and an open channel keeps a page out of
  // that cache.
  addEventListener('pagehide', channel.pause)
  addEventListener('pageshow', ({ persisted }: PageTransitionEvent) => {
    if (!persisted || !isWaiting()) return
    channel.resume()
    // The disk may know of a refusal before the consent that localStorage has.
    void look(false).then(() => isWaiting() && heed())
  })
  await look(true)

  /** @param isFirst an earlier page may have left events on the disk */
  async function look(isFirst: boolean): Promise<void> {
    if (isBarred) return
    const rules = await earlier(setup)
    // The person may have chosen here while the disk was read.
    if (!rules || !isWaiting()) return
    refusals.hear(lastRefusalIn(rules))
    if (rules.at > ofConsent.choice.at) {
      ofConsent.keep(rules)
      heed()
    }
    if (isFirst && isWaiting() && ofConsent.optedOut && ofConsent.choice.at > 0) {
      // Events that were captured under an earlier consent are delivered, or erased where the person asked for that.
      withhold(ofConsent, false)
      begin()
    }
    if (!isWaiting()) channel.pause()
  }
}

/** What the disk says of an earlier choice, if the disk answers in time: otherwise localStorage alone says it. */
function earlier({ apiKey, logs }: Front['setup']): Promise<Rules | undefined> {
  const hasBackup = backedUp(apiKey).size > 0
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, LOOK_LIMIT_MS))
  return Promise.race([earlierRules(apiKey, hasBackup), late]).catch((error) => {
    debug(logs, `no earlier choice can be read: ${show(error)}`)
    return undefined
  })
}

function withhold(ofConsent: Consent, withheld: boolean): void {
  const fixed: Pick<Consent, 'withheld'> = { withheld }
  Object.defineProperties(ofConsent, Object.getOwnPropertyDescriptors(fixed))
}

/** The answers of a client that has nothing but what waits in this page's memory. */
function answersOf(front: Front): Answers {
  const { outbox, setup } = front
  const answers = unanswered(
    () => outbox.count,
    () => 0,
  )
  return {
    ...answers,
    ready: { host: 'memory', storage: 'memory' },
    setPersistence() {
      if (!setup.halted)
        setup.logs.warn('setPersistence changes nothing before the person has consented: call optIn() first')
      return undefined
    },
    stats: () => statsOfOutbox(outbox),
    shutdown() {
      const result = answers.shutdown()
      dropWaiting(front, 'shutdown', 'the client was shut down before the person agreed')
      return result
    },
  }
}

/**
 * Has the option `consent` hold, which the first code leaves to this code where other options are to be looked at
 * first.
 *
 * @param isBarred whether no choice counts, though it is remembered
 */
function presume(ofConsent: Consent, consent: OutlastOptions['consent'], isBarred: boolean): void {
  const first: Consent = Object.create(null, Object.getOwnPropertyDescriptors(ofConsent))
  const isGranted = (consent ?? 'granted') === 'granted'
  const other: Pick<Consent, 'choice' | 'withheld'> = {
    get choice() {
      const { choice } = first
      return isBarred || (consent === 'denied' && choice.at === 0) ? { ...choice, refused: true } : choice
    },
    get withheld() {
      return ofConsent.optedOut || (!isGranted && ofConsent.choice.at === 0)
    },
  }
  Object.defineProperties(ofConsent, Object.getOwnPropertyDescriptors(other))
}

/** What PostHog's servers make their hash of, besides the address that they see themselves. */
const surroundings = () => ({
  $host: location.host,
  $raw_user_agent: navigator.userAgent,
  $timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
})
