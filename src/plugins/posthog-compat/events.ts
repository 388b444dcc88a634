/**
 * Events in posthog-js's shape: what it adds to them, what the site's hooks see, and how they go back to outlast. Fails
 * closed: an event that a hook did not clearly return is dropped.
 */

import { asRecord, isObject, isText } from '../../core/base/values'
import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { cutAddresses } from '../cut-addresses'
import { type PostHogEvent, personProperties } from '../posthog-js'
import { cleanAddress } from './addresses'
import { isRobot } from './robots'
import { type Self, safely, stringsOf } from './self'
import type { PostHogHook } from './types'
import { takeSaidOnce } from './web-context'

/** The instances that share a client: one project token and host, under several names. */
export interface Shared {
  instances: Self[]
}

/** The id under which posthog-js sends events of a person who is not to be known. */
const COOKIELESS = '$posthog_cookieless'

const REFERRERS = ['$referrer', '$referring_domain']

/** What a minimal `$feature_flag_called` may have (docs/protocol.md §8). */
const MINIMAL =
  /^(token|distinct_id|\$(lib|lib_version|session_id|window_id|device_id|groups|geoip_disable|process_person_profile|used_bootstrap_value|feature_flag\w*))$/

const sharedBy = new WeakMap<Outlast, Shared>()

/**
 * The hook for a client that is made now. A client that is there already has a hook, to which its instances are added.
 */
export function clientHook(): {
  hook(event: OutlastEvent): OutlastEvent | null
  attach(self: Self, client: Outlast): void
} {
  const own: Shared = { instances: [] }
  return {
    hook(event) {
      const { instances } = own
      const asking = instances.filter(({ call }) => call)
      // An event that no instance captured, such as one of the client's own methods, passes the hooks of all instances.
      let current: OutlastEvent | null = event
      for (const self of asking.length > 0 ? asking.slice(-1) : instances) {
        current = current && throughHooks(self, current)
      }
      return current
    },
    attach(self, client) {
      const shared = sharedBy.get(client) ?? own
      sharedBy.set(client, shared)
      shared.instances.push(self)
    },
  }
}

function throughHooks(self: Self, event: OutlastEvent): OutlastEvent | null {
  if (!self.isCapturing() || (self.call && isRobot(self.config))) return null
  const shaped = sanitized(self, toPostHog(self, event))
  const hooked = shaped && runHooks(self, shaped)
  if (!hooked) return null
  if (self.call) self.call.result = hooked
  return toOutlast(hooked, event)
}

function toPostHog(self: Self, event: OutlastEvent): PostHogEvent {
  const { config, token, call } = self
  const { $set, $set_once, ...rest } = event.properties
  const isIdentify = event.event === '$identify'
  const properties: Properties = { ...(isIdentify ? rest : event.properties) }
  if (config.save_referrer === false) for (const name of REFERRERS) delete properties[name]
  for (const addition of self.additions) Object.assign(properties, withoutGiven(addition(event), properties))
  Object.assign(properties, { token, distinct_id: event.distinctId })
  properties.$process_person_profile = self.makesProfile()
  if (isIdentify && config.reuseAnonymousId) delete properties.$anon_distinct_id
  for (const [type, key] of Object.entries(self.device.left)) {
    const groups = { ...asRecord(properties.$groups) }
    if (groups[type] === key) delete groups[type]
    properties.$groups = groups
  }
  if (config.cookieless_mode === 'always') {
    Object.assign(properties, {
      distinct_id: COOKIELESS,
      $device_id: null,
      $cookieless_mode: true,
      $is_identified: false,
    })
    for (const name of ['$session_id', '$window_id', '$user_id']) delete properties[name]
  }
  if (call?.minimal) for (const name of Object.keys(properties)) if (!MINIMAL.test(name)) delete properties[name]
  const once = { ...takeSaidOnce(self.client), ...(isIdentify ? asRecord($set_once) : call?.sets.$set_once) }
  const sets = isIdentify ? { $set: asRecord($set), $set_once: once } : { ...call?.sets, ...withAny(once) }
  const whole = { uuid: event.uuid, event: event.event, properties: cutAddresses(properties), ...sets }
  return { ...whole, timestamp: new Date(event.timestamp) }
}

const withAny = ($set_once: Properties) => (Object.keys($set_once).length > 0 ? { $set_once } : {})

/** What the caller gave wins over what is added. */
const withoutGiven = (added: Properties, given: Properties): Properties =>
  Object.fromEntries(Object.entries(added).filter(([name, value]) => value !== undefined && given[name] === undefined))

/** Removes what the site's options keep back. */
function sanitized(self: Self, event: PostHogEvent): PostHogEvent | undefined {
  const { property_denylist: denied, sanitize_properties: sanitize } = self.config
  const cleaned = (given: Properties) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, cleanAddress(self.config, name, value)]))
  const properties = cleaned(event.properties)
  const once = event.$set_once && cleaned(event.$set_once)
  for (const name of stringsOf(denied)) delete properties[name]
  const whole = { ...event, ...(once && { $set_once: once }) }
  if (!sanitize) return { ...whole, properties }
  const returned = safely(() => sanitize(properties, event.event), 'sanitize_properties')
  // Without an answer of the function there is no telling what had to go.
  return isObject(returned) ? { ...whole, properties: returned } : undefined
}

/** The properties without which the server takes no event. A hook that removes one of them means to drop the event. */
const NEEDED = ['token', 'distinct_id']

function runHooks(self: Self, event: PostHogEvent): PostHogEvent | undefined {
  const given: unknown = self.config.before_send
  const hooks = given === undefined || given === null ? [] : [given].flat()
  let current = event
  for (const hook of hooks) {
    const returned = safely(() => (hook as PostHogHook)(current), 'before_send')
    // A promise is no event either: hooks are synchronous.
    if (!isObject(returned) || !isText(returned.event) || !isObject(returned.properties)) return undefined
    current = returned
  }
  return NEEDED.every((name) => isText(current.properties[name])) ? current : undefined
}

function toOutlast(event: PostHogEvent, original: OutlastEvent): OutlastEvent {
  const { token, distinct_id: distinctId, ...properties } = { ...event.properties, ...personProperties(event) }
  const { timestamp } = event
  const isDate = timestamp instanceof Date && !Number.isNaN(timestamp.getTime())
  return {
    event: event.event,
    uuid: event.uuid,
    distinctId: String(distinctId),
    properties,
    timestamp: isDate ? timestamp.toISOString() : original.timestamp,
  }
}
