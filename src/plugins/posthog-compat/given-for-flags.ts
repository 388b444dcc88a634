/**
 * Properties of the person and of groups by which flags are evaluated, besides those that the server knows. They are
 * kept for the next page, as posthog-js keeps them, where the site uses flags.
 */

import { OWN, parsed } from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import { asksForFlags, type Self } from './self'

export interface Given {
  person: Properties
  /** The properties of groups by group type. */
  groups: Record<string, Properties>
  /** The id before `identify`, until flags have loaded for the person: it is not kept for the next page. */
  before?: string | undefined
}

export interface GivenForFlags {
  /** What is given of the present person. */
  read(): Given
  change(how: (given: Given) => void): void
  addToPerson(set: Properties, setOnce: Properties): void
  /**
   * @param properties absent where the person is in another group of the type now: what was given of the former is
   * forgotten
   */
  addToGroup(type: string, properties: Properties | undefined): void
  /**
   * The person whose distinct id was `before` has got the present one. What is given of any other person stays behind.
   */
  follow(before: string): void
}

/** What is given of the person with this distinct id. */
interface Kept extends Partial<Given> {
  of?: unknown
}

export function createGivenForFlags(self: Self): GivenForFlags {
  let own: (Kept & { anonymousId: string }) | undefined
  const present = () => self.client?.getDistinctId()
  /** The key of what is given of a person: a reset and an erasure remove the value. */
  const key = (anonymousId: string) => `${OWN}${anonymousId}:ph_given`

  function record(): Kept {
    const anonymousId = self.client?.getAnonymousId() ?? ''
    const stored = asRecord(parsed(self.device.store, key(anonymousId))) as Kept
    const mine = own?.anonymousId === anonymousId ? own : undefined
    return stored.of === undefined
      ? (mine ?? {})
      : { ...stored, before: mine?.of === stored.of ? mine?.before : undefined }
  }

  function givenOf(distinctId: string | undefined): Given {
    const { of, person, groups, before } = record()
    if (of !== distinctId) return { person: {}, groups: {} }
    return { person: { ...asRecord(person) }, groups: { ...asRecord(groups) } as Given['groups'], before }
  }

  function put(given: Given): void {
    const anonymousId = self.client?.getAnonymousId() ?? ''
    own = { ...given, of: present(), anonymousId }
    if (!asksForFlags(self) || !self.isCapturing()) return
    const { person, groups, of } = own
    try {
      self.device.store.set(key(anonymousId), JSON.stringify({ of, person, groups }, asItIs))
    } catch {
      // Properties that JSON cannot express hold in this page alone.
      self.device.store.remove(key(anonymousId))
    }
  }

  function change(how: (given: Given) => void): void {
    const given = givenOf(present())
    how(given)
    put(given)
  }

  return {
    read: () => givenOf(present()),
    change,
    addToPerson(set, setOnce) {
      change((its) => {
        its.person = { ...setOnce, ...its.person, ...set }
      })
    },
    addToGroup(type, properties) {
      change(({ groups }) => {
        if (properties) groups[type] = { ...groups[type], ...properties }
        else delete groups[type]
      })
    },
    follow: (before) => put({ ...givenOf(before), before }),
  }
}
