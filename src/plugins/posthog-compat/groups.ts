/** The groups that a person's events are in. */

import { asRecord, asText, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'
import type { PostHogEvent } from '../posthog-js'
import type { Profile } from './profile'
import { onceEach, type Self } from './self'
import type { PostHogLike } from './types'

export interface GroupPorts {
  /** Runs a method of the client that may capture an event, and gives that event as the site's hooks left it. */
  through(run: () => void): PostHogEvent | undefined
  /**
   * The person's flags may have changed.
   *
   * @param gently whether nothing is asked while a server that gave no flags is left alone
   */
  reloadFlags(gently?: boolean): void
  /** Properties by which flags are evaluated; none where the group is another one. */
  groupForFlags(type: string, properties: Properties | undefined): void
}

export function createGroups(
  self: Self,
  profile: Profile,
  ports: GroupPorts,
): Pick<PostHogLike, 'group' | 'getGroups' | 'resetGroups'> {
  const warn = onceEach()
  return {
    group(type, given, properties) {
      const { client } = self
      if (!client) return
      const key = asText(given)
      if (!isText(type) || !isText(key) || namesNothing(type) || namesNothing(key))
        return warn('group', 'posthog.group needs a type and a key')
      const isNew = self.device.groups()[type] !== key
      if (isNew) ports.groupForFlags(type, undefined)
      self.device.note('groups', { [type]: key })
      let told = ports.through(() => client.group(type, key, properties))
      // The client does not tell the same twice, and may still have a group that was left here.
      if (!told && (isNew || properties) && profile.has()) {
        const set = properties ? { $group_set: properties } : {}
        told = self.face.capture('$groupidentify', { $group_type: type, $group_key: key, ...set })
      }
      // Flags are evaluated by what the site's hooks have left of the properties, which is all that the server may
      // know.
      if (properties && told) ports.groupForFlags(type, asRecord(told.properties.$group_set))
      if (isNew || properties) ports.reloadFlags()
    },
    getGroups: () => ({ ...self.device.groups() }),
    resetGroups() {
      if (!self.client) return
      self.device.forget('groups')
      ports.reloadFlags()
    },
  }
}
