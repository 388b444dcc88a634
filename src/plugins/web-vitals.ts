/**
 * Core Web Vitals as events. Their values are final only when the page is hidden, which is when most transports lose
 * them. Each value is captured in that very task, and page exit hands it over.
 */

import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import type { Outlast } from '../page/types'

/** The names of the metrics. */
export type WebVitalName = 'CLS' | 'FCP' | 'INP' | 'LCP' | 'TTFB'

/** Options of `webVitals`. */
export interface WebVitalsOptions {
  /** The metrics to capture. Default all five. */
  metrics?: WebVitalName[] | undefined
}

const OBSERVERS: Record<WebVitalName, (report: (metric: Metric) => void) => void> = {
  CLS: onCLS,
  FCP: onFCP,
  INP: onINP,
  LCP: onLCP,
  TTFB: onTTFB,
}

/**
 * Captures a `$web_vitals` event for each metric of the page once its value is final. Call it once in a page.
 *
 * @example
 * webVitals(outlast, { metrics: ['LCP', 'INP', 'CLS'] })
 */
export function webVitals(client: Pick<Outlast, 'capture'>, { metrics = ALL }: WebVitalsOptions = {}): void {
  for (const name of metrics) {
    OBSERVERS[name]?.(({ name: metric, value, rating, id, navigationType, delta }) => {
      client.capture('$web_vitals', {
        // The names under which PostHog's own web vitals dashboards look for the values.
        [`$web_vitals_${metric}_value`]: value,
        metric,
        value,
        delta,
        rating,
        metric_id: id,
        navigation_type: navigationType,
      })
    })
  }
}

const ALL = Object.keys(OBSERVERS) as WebVitalName[]
