/**
 * Core Web Vitals as events. Their values are final only when the page is hidden, which is when most transports lose
 * them. Each value is captured in that very task, and page exit hands it over.
 */

import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import type { Outlast } from '../page/types'
import { isBot } from './is-bot'
import { onceSeen } from './once-seen'

/** The names of the metrics. */
export type WebVitalName = 'CLS' | 'FCP' | 'INP' | 'LCP' | 'TTFB'

/** Options of `webVitals`. */
export interface WebVitalsOptions {
  /** The metrics to capture. Default all five. */
  metrics?: WebVitalName[] | undefined
  /**
   * `true` captures them where a bot looks at the page too: a known crawler, or a browser that is automated
   * (`navigator.webdriver`). A list has more words of user agents that are bots. Default `false`.
   */
  bots?: boolean | readonly string[] | undefined
}

const OBSERVERS: Record<WebVitalName, (report: (metric: Metric) => void) => void> = {
  CLS: onCLS,
  FCP: onFCP,
  INP: onINP,
  LCP: onLCP,
  TTFB: onTTFB,
}

/** The metrics that a page captures already, by the `capture` that gets them. A module may be loaded twice in a page. */
const CAPTURED = Symbol.for('outlast.web-vitals')
type Captured = WeakMap<Outlast['capture'], Set<WebVitalName>>

/**
 * Captures a `$web_vitals` event for each metric of the page once its value is final, however often it is called: once for
 * each client. A page that is prerendered or opened in the background captures them once it is shown. Does nothing on a
 * server, in a worker, and where a bot looks at the page.
 *
 * @example
 * webVitals(outlast, { metrics: ['LCP', 'INP', 'CLS'] })
 */
export function webVitals(client: Pick<Outlast, 'capture'>, options: WebVitalsOptions = {}): void {
  if (typeof document === 'undefined') return
  const { metrics, bots = false, ...unknown } = options ?? {}
  const names: unknown[] = [metrics ?? ALL].flat()
  warnOnce([...Object.keys(unknown), ...names.filter((name) => !isMetric(name))].join(', '))
  if (isBot(bots)) return
  const captured = capturedBy(client.capture)
  const wanted = new Set(names.filter(isMetric).filter((name) => !captured.has(name)))
  if (wanted.size === 0) return
  const seen = onceSeen()
  for (const name of wanted) {
    captured.add(name)
    // The observer starts at once, because it has to see how long the page was hidden.
    OBSERVERS[name](({ name: metric, value, rating, id, navigationType, delta }) =>
      seen(() =>
        client.capture('$web_vitals', {
          // The names under which PostHog's own web vitals dashboards look for the values.
          [`$web_vitals_${metric}_value`]: value,
          metric,
          value,
          delta,
          rating,
          metric_id: id,
          navigation_type: navigationType,
        }),
      ),
    )
  }
}

function capturedBy(capture: Outlast['capture']): Set<WebVitalName> {
  const page = globalThis as { [CAPTURED]?: Captured }
  page[CAPTURED] ??= new WeakMap()
  const captured = page[CAPTURED].get(capture) ?? new Set()
  page[CAPTURED].set(capture, captured)
  return captured
}

const ALL = Object.keys(OBSERVERS) as WebVitalName[]

const isMetric = (name: unknown): name is WebVitalName => ALL.includes(name as WebVitalName)

/** What was told last. */
let told: string | undefined

/** A component that calls `webVitals` with each render is told of the same mistake once. */
function warnOnce(wrong: string): void {
  if (!wrong || wrong === told) return
  told = wrong
  console.warn(`[outlast] webVitals takes metrics (of ${ALL.join(', ')}) and bots, not ${wrong}`)
}
