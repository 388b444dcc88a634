/**
 * What a page that stores nothing does about choices that are made elsewhere. The queue of other pages is on disk, with
 * rules that any host heeds. The queue of such a page is in its memory, so the page itself has to erase what a choice
 * elsewhere asks for.
 */

import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import type { HostClient } from '../../client/late/host-client'
import { eraseHandovers } from '../../client/late/outbox-settle'
import type { Millis } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { Handover } from '../../core/queue/handover'
import { isRefused } from '../../core/queue/rules'
import { earlierRules } from './earlier-rules'
import { lastRefusalIn, type Refusals } from './last-refusal'
import type { StoragePorts } from './persistence'

export interface HeedInMemory {
  /**
   * Does what the latest choices ask for, as far as this page knows of them, and asks the disk for the choices too: where
   * the site has emptied localStorage, the disk alone has them.
   */
  look(): void
  /** Resolves once the disk has answered the latest look. Never rejects. */
  readonly known: Promise<void> | undefined
}

interface HeedingParts {
  front: Front
  ports: StoragePorts
  refusals: Refusals
  hostClient: Pick<HostClient, 'erase'>
  /** The person is another one now. */
  onAnother(): void
  /** Events that were captured before that moment are not to be sent when the page is left either. */
  onErased(before?: Millis): void
}

/** While the page has a journal, this does nothing: `heedRules` heeds the choices. */
export function heedInMemory(parts: HeedingParts): HeedInMemory {
  const { front, ports, refusals, hostClient, onAnother, onErased } = parts
  const { ofConsent, outbox, capture, person, setup, windows } = front
  const { reload } = front
  let known: Promise<void> | undefined

  function heed(): void {
    if (ports.ownJournal) return
    const { last, heeded, chosenAt } = refusals
    const { refusedAt, erasedAt } = last
    const isErased = erasedAt > heeded.erasedAt
    const isRefused = refusedAt > heeded.refusedAt
    refusals.heed(last)
    if (isErased && chosenAt > erasedAt) {
      // A person who has agreed in this page since the erasure is another person already.
      drop(({ at }) => at < erasedAt)
      onErased(erasedAt)
      void hostClient.erase(erasedAt, true)
    } else if (isErased) {
      // What this page has captured since the erasure is the erased person's too: the page did not know of the erasure.
      drop(() => true)
      onErased()
      goOnAsAnother()
      void hostClient.erase(Math.max(erasedAt, setup.wall()))
    } else if (isRefused) {
      // Without storage no person is known again after a refusal (docs/privacy.md). What was captured before is
      // delivered.
      goOnAsAnother()
    }
  }

  /** Drops handovers that no host has answered, and tells of their events: callers of a relay wait for that. */
  function drop(isGone: (handover: Handover) => boolean): void {
    capture.emitDrop('opted_out', 'captured before the person refused', eraseHandovers(outbox, isGone))
  }

  function goOnAsAnother(): void {
    person.reset()
    onAnother()
    const { anonymousId } = person.state
    if (front.successor) front.successor = anonymousId
    // `setPersistence` takes this person for the one with whom the page began: the device may know the person who came
    // after that refusal, and the page is to go on as that person then.
    for (const id of Object.keys(windows)) delete windows[id]
    windows[anonymousId] = undefined
  }

  async function read(): Promise<void> {
    const rules = await earlierRules(setup.apiKey, false)
    if (!rules || ports.ownJournal || capture.isClosed) return
    refusals.hear(lastRefusalIn(rules))
    if (rules.at > ofConsent.choice.at) {
      ofConsent.keep(rules)
      if (rules.refused) drop(({ at }) => isRefused(rules, at))
    }
    heed()
  }

  front.reload = () => {
    if (ports.ownJournal) return reload?.()
    person.reload()
    // The first code takes a person that the device does not have for an erased one, and a page that stores nothing
    // never has one there.
    heed()
  }

  return {
    look() {
      heed()
      if (ports.ownJournal || capture.isClosed) return
      known = read().catch((error) => debug(setup.logs, `no choice can be read from the disk: ${show(error)}`))
    },
    get known() {
      return known
    },
  }
}
