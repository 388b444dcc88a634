/**
 * Properties of the person and of groups by which flags are evaluated, besides those that the server knows. They are kept
 * for the next page, as posthog-js keeps them.
 */

import { parsed } from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import type { Self } from './self'

export interface Given {
  person: Properties
  /** By group type. */
  groups: Record<string, Properties>
  /** The id before `identify`, until flags have loaded for the person: it is not kept for the next page. */
  before?: string | undefined
}

export interface GivenForFlags {
  /** What is given of the present person. */
  read(): Given
  change(how: (given: Given) => void): void
}

/** The key of what is given. Its value names the anonymous id of the person whom it is of. */
const GIVEN_KEY = 'ph_given'

export function createGivenForFlags(self: Self): GivenForFlags {
  let own: (Given & { of: string }) | undefined
  const present = () => self.client?.getAnonymousId() ?? ''

  function read(): Given {
    const of = present()
    const stored = asRecord(parsed(self.device.store, GIVEN_KEY))
    const { person, groups } = stored.of === of ? stored : own?.of === of ? own : ({} as Partial<Given>)
    return {
      person: { ...asRecord(person) },
      groups: { ...asRecord(groups) } as Given['groups'],
      before: own?.of === of ? own.before : undefined,
    }
  }

  return {
    read,
    change(how) {
      const given = read()
      how(given)
      own = { ...given, of: present() }
      if (!self.isCapturing()) return
      try {
        self.device.store.set(GIVEN_KEY, JSON.stringify({ ...own, before: undefined }, asItIs))
      } catch {
        // What JSON cannot express holds in this page.
        self.device.store.remove(GIVEN_KEY)
      }
    },
  }
}
