/** What posthog-js adds to events by itself: where the person came from, browser, device and screen. */

import type { ClientOn } from '../../client/first/client-events'
import { asRecord } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Outlast } from '../../page/types'
import { webContext } from '../../web-context'
import { type Self, stringsOf } from './self'

/**
 * What is said of the person once, of the event that is on its way. posthog-js has it beside the event's properties.
 */
const saidOnce = new WeakMap<Outlast, Properties>()

export function startWebContext(self: Self, client: Outlast): void {
  const { config } = self
  webContext(client, {
    campaignParams: config.save_campaign_params === false ? false : stringsOf(config.custom_campaign_params),
    // An event without a profile says nothing of the person, and an event that does not go out tells nothing either.
    person: () => self.isCapturing() && !self.call?.minimal && self.makesProfile(),
  })
  // This listener comes after that of the web context.
  const on = client.on as ClientOn
  on('event', ([properties]) => {
    if (!Object.hasOwn(properties, '$set_once')) return
    saidOnce.set(client, asRecord(properties.$set_once))
    delete properties.$set_once
  })
}

/** What is said of the person once; only once of each event. */
export function takeSaidOnce(client: Outlast | undefined): Properties {
  const said = client && saidOnce.get(client)
  if (client) saidOnce.delete(client)
  return said ?? {}
}
