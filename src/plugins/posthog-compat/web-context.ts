/** What posthog-js adds to events by itself: where the person came from, browser, device and screen. */

import type { Outlast } from '../../page/types'
import { webContext } from '../../web-context'
import { type Self, stringsOf } from './self'

export function startWebContext(self: Self, client: Outlast): void {
  const { config } = self
  webContext(client, {
    campaignParams: config.save_campaign_params === false ? false : stringsOf(config.custom_campaign_params),
    // What goes out without a profile says nothing of the person, and neither does what does not go out.
    person: () => self.isCapturing() && !self.call?.minimal && self.makesProfile(),
  })
}
