/**
 * When the person refused last, and when last with `clear`. Both moments are written beside the choice, which tells the
 * latest choice alone: a page that hears nothing until a later consent, such as one in the back/forward cache, would
 * not know of the refusal. A page that stores nothing has no rules on disk that would tell.
 */

import { CHOICE_AT_KEY, CHOICE_KEY, type Choice } from '../../client/first/consent'
import type { Front } from '../../client/first/front'
import { debug } from '../../client/late/debug'
import type { Millis } from '../../core/base/ports'
import { show } from '../../core/base/values'
import type { Rules } from '../../core/queue/rules'
import { loadOnce } from './load-once'
import type { StoragePorts } from './persistence'

/** The two moments, 0 for never. */
export interface LastRefusal {
  /** The person began to refuse then, or refused again. */
  refusedAt: Millis
  /** What was captured before this moment is erased. */
  erasedAt: Millis
}

export interface Refusals {
  /** The latest refusals that are known by now, of this page or any other one. */
  readonly last: LastRefusal
  /**
   * Up to these moments this page has done what refusals ask for. Those from before its client was made do not concern
   * it.
   */
  readonly heeded: LastRefusal
  /** Notes that this page does, or has done, what refusals up to these moments ask for. */
  heed(known: LastRefusal): void
  /** When the person chose in this page last; 0 for never. */
  readonly chosenAt: Millis
  /**
   * Called with what other clients are to hear, also other clients of this page, which have no other way to learn of
   * it.
   */
  tell?: ((last: LastRefusal) => void) | undefined
  /** Takes over what another client, or the disk, says. */
  hear(known: LastRefusal): void
  /**
   * Writes the choice that this page knows once more, where another page has written an earlier one over it: of two
   * pages that write at once, the one that comes last in localStorage need not have the later choice. A choice that is
   * not there any more was removed on purpose.
   */
  keepLater(): void
  /** The library is removed from the site: nothing is written any more. */
  end(): void
  /** Writes down, and tells, that this page has been asked to erase what was captured before that moment. */
  erased(at: Millis): void
}

/** The key in localStorage under which both moments are. */
const LAST_KEY = 'opt_out_last'

/** A moment that is more than so many ms ahead is from before the clock was set back. */
const AHEAD_MS = 1_000

/** Few pages need it: localStorage takes nearly every choice. */
const askToKeep = loadOnce(() => import('./keep-choice'))

const made = new WeakMap<Front, Refusals>()

/**
 * The refusals as this client knows them. A choice that localStorage does not take is written to IndexedDB, also by a
 * page that has no journal.
 */
export function refusalsOf(front: Front, ports: Pick<StoragePorts, 'choice' | 'ownJournal'>): Refusals {
  const known = made.get(front) ?? watchRefusals(front, ports)
  made.set(front, known)
  return known
}

function watchRefusals(front: Front, ports: Pick<StoragePorts, 'choice' | 'ownJournal'>): Refusals {
  const { ofConsent, outbox, setup } = front
  const { choice: store } = ports
  const { choose } = ofConsent
  let hasEnded = false
  let inMemory: LastRefusal = { refusedAt: 0, erasedAt: 0 }

  function stored(): LastRefusal {
    const [refusedAt = 0, erasedAt = 0] = (store.get(LAST_KEY) ?? '').split(' ').map((text) => Number(text) || 0)
    return { refusedAt, erasedAt }
  }

  /** Notes news, and tells other clients of it, also where it can be written nowhere. */
  function note(news: Partial<LastRefusal>): void {
    if (hasEnded) return
    const before = later(inMemory, stored())
    inMemory = later(before, { refusedAt: 0, erasedAt: 0, ...news })
    const { refusedAt, erasedAt } = inMemory
    if (refusedAt === before.refusedAt && erasedAt === before.erasedAt) return
    store.set(LAST_KEY, `${refusedAt} ${erasedAt}`)
    self.tell?.(inMemory)
  }

  function keep(choice: Choice): void {
    if (ports.ownJournal || Number(store.get(CHOICE_AT_KEY) ?? 0) >= choice.at) return
    askToKeep().then(
      ({ keepChoice }) => keepChoice(front, ports, choice),
      (error) => debug(setup.logs, `the choice is in this page's memory alone: ${show(error)}`),
    )
  }

  const self = {
    tell: undefined as Refusals['tell'],
    chosenAt: 0,
    get last() {
      const { refused, at } = ofConsent.choice
      // `respectDnt` and `respectGpc` have each choice count as a refusal. A refusal that the person has made is stored
      // as one.
      const isRefused = refused && store.get(CHOICE_KEY) !== 'false'
      return later(later(inMemory, stored()), { refusedAt: isRefused ? at : 0, erasedAt: 0 })
    },
    heeded: { refusedAt: 0, erasedAt: 0 },
    heed(known: LastRefusal) {
      self.heeded = later(self.heeded, known)
    },
    hear(said: LastRefusal) {
      inMemory = later(inMemory, said)
    },
    keepLater() {
      const { choice } = ofConsent
      const storedAt = Number(store.get(CHOICE_AT_KEY))
      if (storedAt > 0 && storedAt < choice.at && !hasEnded) ofConsent.keep(choice)
    },
    end() {
      hasEnded = true
    },
    erased: (at: Millis) => note({ refusedAt: at, erasedAt: at }),
  }
  // The first code notes no time of its making, but the id of its producer tells that time.
  const begun = timeOf(outbox.producer) || setup.wall()
  const { refusedAt, erasedAt } = stored()
  const now = setup.wall() + AHEAD_MS
  self.heeded = {
    refusedAt: refusedAt > now ? refusedAt : begun,
    erasedAt: erasedAt > now ? erasedAt : begun,
  }
  ofConsent.choose = (refused) => {
    const { choice } = ofConsent
    // The refusal is noted before the consent: other pages see one write before the next, and a page that sees the
    // consent is to know of the refusal.
    if (!refused && choice.refused && store.get(CHOICE_KEY) !== 'false') note({ refusedAt: choice.at })
    const chosen = choose(refused)
    self.chosenAt = chosen.at
    keep(chosen)
    return chosen
  }
  // A choice from before this code came.
  keep(ofConsent.choice)
  return self
}

/**
 * What the stored rules of a queue say. Where the person agrees, the last turn is the consent, and the one before the
 * refusal.
 */
export function lastRefusalIn({ refused, at, turns, erase }: Rules): LastRefusal {
  return { refusedAt: (refused ? at : turns.at(-2)) ?? 0, erasedAt: erase }
}

/** Whether a key of localStorage, without what names the project, says of a choice. */
export const isOfChoice = (name: string | undefined): boolean => name === CHOICE_AT_KEY || name === LAST_KEY

const later = (one: LastRefusal, other: LastRefusal): LastRefusal => ({
  refusedAt: Math.max(one.refusedAt, other.refusedAt),
  erasedAt: Math.max(one.erasedAt, other.erasedAt),
})

/** When an id of adapters/new-id.ts was made; 0 where the id does not say so. */
const timeOf = (id: string): Millis => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) || 0
