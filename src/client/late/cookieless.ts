/**
 * Takes identifiers out of events, and adds what PostHog's servers count people by instead: the option `cookieless`.
 */

import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Front } from '../first/front'
import { COOKIELESS_ID } from './cookieless-id'
import { rewriteEarly } from './rewrite-early'

/**
 * To be called before the client begins: later events pass a hook, after the site's own ones.
 *
 * @param surroundings what the server makes its hash of, besides the address that it sees itself
 */
export function cookieless(
  { capture, outbox, person, setup, windows }: Pick<Front, 'capture' | 'outbox' | 'person' | 'setup' | 'windows'>,
  surroundings: Properties,
): void {
  function without(event: OutlastEvent): OutlastEvent {
    const { $session_id: _session, $window_id: _window, ...properties } = event.properties
    const { anonymousId } = person.state
    // Before a reset in the first moments the person had another id.
    const withoutId = (id: unknown) => (id === anonymousId || Object.hasOwn(windows, id as string) ? COOKIELESS_ID : id)
    if (properties.$anon_distinct_id !== undefined)
      properties.$anon_distinct_id = withoutId(properties.$anon_distinct_id)
    Object.assign(properties, surroundings, { $cookieless_mode: true, $device_id: null })
    return { ...event, distinctId: String(withoutId(event.distinctId)), properties }
  }

  rewriteEarly({ capture, outbox, setup }, without)
  setup.hooks.add(without)
}
