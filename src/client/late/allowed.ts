import { asRecord } from '../../core/base/values'
import { runBeforeSend } from '../../core/event/before-send'
import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Front } from '../first/front'

/**
 * The part of `more` that the site's hooks leave. The hooks have seen the event without `more`, or are of a later
 * `init`. The event itself stays as the hooks have returned it, or as it was captured before there were hooks: no event
 * is dropped here.
 */
export function allowed(event: OutlastEvent, more: Properties, hooks: Front['setup']['hooks']): Properties {
  if (hooks.size === 0) return more
  const whole = { ...event, properties: { ...event.properties, ...more } }
  const seen = asRecord(runBeforeSend(hooks, whole, () => event.timestamp).event?.properties)
  return Object.fromEntries(
    Object.keys(more).flatMap((name) => (Object.hasOwn(seen, name) ? [[name, seen[name]]] : [])),
  )
}
