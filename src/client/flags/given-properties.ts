/** The properties of the person and of groups that a site gives for flags to be evaluated by. */

import { asRecord, isObject } from '../../core/base/values'
import { asItIs, type PropertyBag } from '../../core/event/event'
import { addGroup } from '../late/flag-context'
import type { FlagPorts } from './feature-flags'

export interface GivenProperties {
  /** Sets properties of the person by which flags are evaluated; without any, forgets them. */
  setPerson(properties?: PropertyBag): void
  /** Sets properties of groups, by group type; without any, forgets those of one type, or of all. */
  setGroups(properties?: Record<string, PropertyBag>, type?: string): void
}

export const givenProperties = ({ context, person }: Pick<FlagPorts, 'context' | 'person'>): GivenProperties => ({
  setPerson(properties) {
    const added = properties && plain(properties)
    context?.change((given) => {
      given.person = added ? { ...given.person, ...added } : {}
    })
  },
  setGroups(properties, type) {
    const added = properties && plain(properties)
    const { groups } = person()
    context?.change((given) => {
      for (const [type, one] of Object.entries(added ?? {})) {
        if (isObject(one)) addGroup(given, type, groups[type], asRecord(one))
      }
      if (!added && type !== undefined) delete given.groups[type]
      else if (!added) given.groups = {}
    })
  },
})

function plain<T extends object>(properties: T): T {
  return JSON.parse(JSON.stringify(properties, asItIs))
}
