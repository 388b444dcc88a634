/** What pages handed over, to hosts and to the journal: the events by the name of the handover. */

import { addDropped, type Dropped, totalDropped } from '../../../src/core/base/accounting'
import { uuidOf } from '../../../src/core/event/event-json'
import type { Handover } from '../../../src/core/queue/handover'
import type { ProducerRecord } from '../../../src/core/queue/records'

/** One form of a handover. A page that is asked to forget empties its handovers, so that one of them has several. */
export interface Form {
  uuids: string[]
  dropped: Dropped
}

/** A handover that was posted or journaled. */
export interface HandedOver {
  name: string
  uuids: string[]
  /** It was known under that name before, and with other events. */
  differs: boolean
}

export class Handovers {
  private readonly forms = new Map<string, Form[]>()

  note({ producer, seq, events, dropped }: Handover): HandedOver {
    const name = `${producer} ${seq}`
    const uuids = events.map(uuidOf)
    const known = this.forms.get(name) ?? []
    const same = known.some((one) => one.uuids.length === uuids.length && one.uuids[0] === uuids[0])
    // A backup that has become too old has its events as a number alone.
    const expired = (one: Form) => totalDropped(one.dropped) + one.uuids.length === totalDropped(dropped)
    const isEmptied = uuids.length === 0 && known.some(expired)
    if (!same) this.forms.set(name, [...known, { uuids, dropped: { ...dropped } }])
    return { name, uuids, differs: known.length > 0 && !same && !isEmptied }
  }

  /** The forms of a handover, if there was one of that name. */
  formsOf(name: string): Form[] | undefined {
    return this.forms.get(name)
  }
}

/** The names of the handovers that one transaction committed. */
export function newlyCommitted(producer: string, old: ProducerRecord | undefined, now: ProducerRecord): string[] {
  const found: string[] = []
  const had = old?.committed ?? []
  for (const [from, to] of now.committed) {
    for (let seq = from; seq <= to; seq++) {
      if (!had.some(([first, last]) => first <= seq && seq <= last)) found.push(`${producer} ${seq}`)
    }
  }
  return found
}

export const together = (forms: Form[]): Form => {
  const dropped: Dropped = {}
  for (const form of forms) addDropped(dropped, form.dropped)
  return { uuids: forms.flatMap(({ uuids }) => uuids), dropped }
}

/** What a transaction did to the queue, by which the committed form of each handover is found. */
interface Effect {
  accepted: number
  /** Events that the queue dropped for `opted_out`, */
  optedOut: number
  /** and those of them that it had accepted before. */
  removed: number
  /** All that the queue dropped, by reason. */
  dropped: Dropped
  added: string[]
  /** A person has opted out. */
  mayRefuse: boolean
}

/** One form of each handover, so that all of them together explain what was accepted. */
export function formsThatExplain(effect: Effect, handovers: Form[][]): Form[] | undefined {
  return choose((all) => explains(effect, all), handovers, [])
}

function choose(isIt: (all: Form) => boolean, handovers: Form[][], chosen: Form[]): Form[] | undefined {
  const [forms, ...others] = handovers
  if (!forms) return isIt(together(chosen)) ? chosen : undefined
  for (const form of forms) {
    const found = choose(isIt, others, [...chosen, form])
    if (found) return found
  }
  return undefined
}

/** Why a page empties a backup: no queue refuses a handover for these. */
const OF_BACKUPS = ['expired', 'storage_full'] as const

/** A person who opts out may have what was there before dropped, and what comes in refused. */
function explains(
  { accepted, optedOut, removed, added, mayRefuse, dropped: counted }: Effect,
  { uuids, dropped }: Form,
): boolean {
  const dueToRefusal = optedOut - (dropped.opted_out ?? 0) - removed
  const isExplained = mayRefuse ? dueToRefusal >= 0 : dueToRefusal === 0
  const all = new Set(uuids)
  const isOfBackups = OF_BACKUPS.every((reason) => counted[reason] === dropped[reason])
  const isCounted = uuids.length + totalDropped(dropped) === accepted && isOfBackups
  return isCounted && isExplained && added.every((uuid) => all.has(uuid))
}

/**
 * What is missing in the committed form of a handover. A page that asks to be forgotten empties what it recovered too,
 * which another page captured and may still hold: the form that is committed first counts, and it counts what is not in
 * it any more.
 */
export function givenUp({ uuids }: Form, forms: Form[]): Set<string> {
  const kept = new Set(uuids)
  return new Set(forms.flatMap((form) => form.uuids).filter((uuid) => !kept.has(uuid)))
}
