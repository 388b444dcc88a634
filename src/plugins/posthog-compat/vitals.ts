/** Web vitals in posthog-js's shape, where the options ask for them. */

import { isObject } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { cleanAddress } from './addresses'
import { type Self, stringsOf } from './self'

/** posthog-js has no TTFB. A site may name it all the same. */
const USUAL = ['CLS', 'FCP', 'INP', 'LCP'] as const
const METRICS = [...USUAL, 'TTFB'] as const

export function startVitals(self: Self): void {
  const { capture_performance: asked } = self.config
  const on = asked === true || (isObject(asked) && asked.web_vitals === true)
  if (!on || typeof document === 'undefined') return
  const wanted = isObject(asked) && asked.web_vitals_allowed_metrics
  if (isObject(asked) && asked.web_vitals_attribution) {
    console.warn('[outlast] web_vitals_attribution does nothing here: web vitals are captured without attribution')
  }
  const metrics = wanted ? METRICS.filter((name) => stringsOf(wanted).includes(name)) : [...USUAL]
  // `robots.ts` leaves out what a bot captures, as posthog-js does.
  void import('../../web-vitals').then(
    ({ webVitals }) =>
      webVitals(
        {
          capture: (event, properties) => void self.face.capture(event, inFull(self, { ...properties })),
          isOptOut: () => !self.isCapturing(),
          getAnonymousId: () => self.client?.getAnonymousId() ?? '',
        },
        { metrics, bots: true },
      ),
    () => console.warn('[outlast] the code of web vitals could not be loaded; none are captured'),
  )
}

/** The properties with what posthog-js tells of each metric, and without what the options remove from addresses. */
function inFull(self: Self, properties: Properties): Properties {
  for (const [name, vital] of Object.entries(properties)) {
    if (!isObject(vital)) continue
    properties[name] = {
      ...vital,
      $current_url: cleanAddress(self.config, '$current_url', vital.$current_url),
      $session_id: self.face.get_session_id(),
      $window_id: self.windowId,
    }
  }
  return properties
}
