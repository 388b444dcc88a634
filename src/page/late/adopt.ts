/**
 * Takes over the visitor whom posthog-js has left on the device, for a site that has replaced it: the option `adopt`.
 */

import type { Front } from '../../client/first/front'
import { type Kind, OWN, PERSON_KEY } from '../../client/first/person'
import { beganWith, goOnAsStored } from '../../client/late/restate-person'
import { copyOf } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import type { OutlastOptions } from '../types'
import { choiceName, type Left, parseLeft, personName, saysNo } from './left-by-posthog-js'
import { isPersonFiled } from './older-names'
import { storedValues } from './stored-values'

/**
 * The key in localStorage that notes that posthog-js's values were read. The note outlives the person, whom these
 * values must not bring back.
 */
const ADOPTED_KEY = 'adopted'

export interface Adopting {
  /**
   * To be called right before the client begins, on the first visit: until then the person may not have agreed to be
   * known.
   */
  takeOver(): void
  /** The person has refused, and begins anew with a later consent. */
  never(): void
}

/**
 * To be called while the client waits. A refusal that posthog-js has stored counts at once, unless outlast knows of a
 * choice.
 */
export function adopting(
  front: Front,
  { adopt, bootstrap, persistence, cookieless }: OutlastOptions,
): Adopting | undefined {
  const { ofConsent, lasting, setup } = front
  const { apiKey } = setup
  if (adopt !== 'posthog-js') return undefined
  const { at, refused } = ofConsent.choice
  if (!isRead(front) && at === 0 && !refused && saysNo(storedValues(choiceName(apiKey)))) ofConsent.choose(true)
  // A person who has refused begins anew with a later consent, also where that consent has the client store for the
  // first time.
  if (ofConsent.optedOut) lasting.set(ADOPTED_KEY, adopt)
  // A client that stores nothing reads nothing either, until it stores.
  if (ofConsent.optedOut || persistence === 'memory' || cookieless) return undefined
  let isDone = false
  return {
    takeOver() {
      if (isDone) return
      isDone = true
      const was = beganWith(front, copyOf(bootstrap))
      const isFiled = fileLeft(front, true)
      // Another tab may have taken the person over since this page began. Where no person is stored, the page keeps its
      // own: a reset may have made that person.
      if (isFiled || isPersonFiled(apiKey)) goOnAsStored(front, was, isFiled)
    },
    never() {
      isDone = true
      lasting.set(ADOPTED_KEY, adopt)
    },
  }
}

const isRead = ({ lasting, setup }: Pick<Front, 'lasting' | 'setup'>) =>
  lasting.get(ADOPTED_KEY) !== undefined || isPersonFiled(setup.apiKey)

/**
 * Files the visitor whom posthog-js has left, for a device that knows no person, and notes that this was read.
 *
 * @param isWanted false where the person is another by now
 * @returns whether there was such a visitor
 */
export function fileLeft(front: Pick<Front, 'lasting' | 'setup'>, isWanted: boolean): boolean {
  const { lasting, setup } = front
  const left = !isWanted || isRead(front) ? undefined : parseLeft(storedValues(personName(setup.apiKey)))
  if (left) store(lasting, left)
  lasting.set(ADOPTED_KEY, 'posthog-js')
  return left !== undefined
}

function store(lasting: Front['lasting'], left: Left): void {
  const { anonymousId, distinctId, identified, session, first, entry } = left
  const own = `${OWN}${anonymousId}:`
  const put = (kind: Kind, values: Properties) => {
    for (const name of Object.keys(values)) lasting.set(own + kind + name, JSON.stringify(values[name], asItIs))
  }
  put('.', left.superProperties)
  put('$', left.groups)
  if (session) lasting.set(`${own}session`, JSON.stringify(session))
  // The plugin for web context keeps both in this form.
  if (first) lasting.set(`${own}initial`, JSON.stringify({ ...first, of: anonymousId }))
  if (session && entry) lasting.set(`${own}entry`, JSON.stringify({ ...entry, of: session.id }))
  const profile = left.hasProfile ? anonymousId : undefined
  lasting.set(PERSON_KEY, JSON.stringify({ anonymousId, distinctId, identified, profile }))
}
