/** Web vitals in posthog-js's shape, where the options ask for them. */

import { isObject } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { type Self, stringsOf } from './self'

const METRICS = ['CLS', 'FCP', 'INP', 'LCP', 'TTFB'] as const

export function startVitals(self: Self): void {
  const { capture_performance: asked } = self.config
  const on = asked === true || (isObject(asked) && asked.web_vitals === true)
  if (!on || typeof document === 'undefined') return
  const wanted = isObject(asked) && asked.web_vitals_allowed_metrics
  if (isObject(asked) && asked.web_vitals_attribution) {
    console.warn('[outlast] web_vitals_attribution does nothing here: web vitals are captured without attribution')
  }
  const metrics = METRICS.filter((name) => !wanted || stringsOf(wanted).includes(name))
  // What a bot captures is left out by `robots.ts`, as posthog-js does it.
  void import('../../web-vitals').then(
    ({ webVitals }) =>
      webVitals({ capture: (_, properties) => captureVital(self, { ...properties }) }, { metrics, bots: true }),
    () => console.warn('[outlast] the code of web vitals could not be loaded; none are captured'),
  )
}

function captureVital(self: Self, { metric, value, delta, rating, metric_id: id, navigation_type }: Properties): void {
  const event = {
    name: metric,
    value,
    delta,
    rating,
    id,
    navigationType: navigation_type,
    $current_url: location.href,
    $session_id: self.face.get_session_id(),
    $window_id: self.windowId,
    timestamp: self.ports.clock.now(),
  }
  self.face.capture('$web_vitals', {
    [`$web_vitals_${String(metric)}_event`]: event,
    [`$web_vitals_${String(metric)}_value`]: value,
  })
}
