/**
 * Core Web Vitals as events. Their values are final only when the page is hidden, which is when most transports lose
 * them. What is measured then is captured in that very task, and page exit hands it over.
 */

import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import { MAX_ADDRESS } from '../core/base/limits'
import type { Outlast } from '../page/types'
import { isBot } from './is-bot'
import { onceSeen } from './once-seen'
import { type Bundle, createBundle } from './vitals-bundle'

/** The names of the metrics. */
export type WebVitalName = 'CLS' | 'FCP' | 'INP' | 'LCP' | 'TTFB'

/** Options of `webVitals`. A name that is no option is told in the console. */
export interface WebVitalsOptions {
  /**
   * The metrics to capture. A name that is no metric is left out, with a warning. Default `['CLS', 'FCP', 'INP',
   * 'LCP']`, as in posthog-js.
   *
   * @example
   * webVitals(outlast, { metrics: ['LCP', 'TTFB'] })
   */
  metrics?: WebVitalName[] | undefined
  /**
   * `true` captures them where a bot looks at the page too: a known crawler, or a browser that is automated
   * (`navigator.webdriver`). A list has more words, in any case, of user agents that are bots. Default `false`.
   *
   * @example
   * webVitals(outlast, { bots: true })
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

/** A greater value, in ms, is a mistake of the measurement: a computer that slept, say. As in posthog-js. */
const MAX_VALUE_MS = 15 * 60_000

/**
 * The metrics that a page captures already, by the `capture` that gets them. A module may be loaded twice in a page.
 */
const CAPTURED = Symbol.for('outlast.web-vitals')
type Captured = WeakMap<Outlast['capture'], Set<WebVitalName>>

/**
 * Captures the web vitals of the page as `$web_vitals` events, once for each client, however often it is called. One
 * event has what is measured within 5 s, mostly FCP and LCP, and another one what is final once the page is hidden: CLS
 * and INP. `$web_vitals_LCP_value` is a value (in ms; of CLS a score), `$web_vitals_LCP_event` tells more of it, and
 * `$current_url` and `$pathname` are those of the page for which they were measured, wherever a router has gone since.
 *
 * A page that is prerendered or opened in the background captures them once it is shown. Nothing is captured on a
 * server, in a worker, where a bot looks at the page, and of what is measured while the person is opted out. Never
 * throws: a metric or an option that is none is named in the console.
 *
 * @param client one without `isOptOut` is taken for one that may always capture
 *
 * @example
 * webVitals(outlast, { metrics: ['LCP', 'INP', 'CLS'] })
 */
export function webVitals(
  client: Pick<Outlast, 'capture'> & Partial<Pick<Outlast, 'isOptOut' | 'getAnonymousId'>>,
  options: WebVitalsOptions = {},
): void {
  if (typeof document === 'undefined') return
  const { metrics, bots = false, ...unknown } = options ?? {}
  const names: unknown[] = [metrics ?? USUAL].flat()
  warnOnce([...Object.keys(unknown), ...names.filter((name) => !isMetric(name))].join(', '))
  if (isBot(bots)) return
  const captured = capturedBy(client.capture)
  const wanted = new Set(names.filter(isMetric).filter((name) => !captured.has(name)))
  if (wanted.size === 0) return
  const seen = onceSeen()
  const addressOf = watchAddress()
  const bundle = createBundle(
    {
      capture: (properties) => client.capture('$web_vitals', properties),
      whose: () => client.getAnonymousId?.(),
      later: setTimeout,
    },
    wanted.size,
  )
  const { add } = flushedAtTheEnd(bundle)
  for (const name of wanted) {
    captured.add(name)
    // The observer starts at once, because it has to see how long the page was hidden.
    OBSERVERS[name]((metric) => {
      const { value, delta, rating, id, navigationType } = metric
      const $current_url = addressOf(metric)
      seen(() => {
        if (value >= MAX_VALUE_MS || client.isOptOut?.()) return
        add({ name, value, delta, rating, id, navigationType, $current_url, timestamp: Date.now() })
      })
    })
  }
}

/**
 * The address for which a metric is measured: that with which the page was loaded, or with which it came back out of
 * the back/forward cache. A click ends LCP, so that a router may have gone on by the time it is reported.
 */
function watchAddress(): (metric: Metric) => string {
  const started = location.href
  let restored: string | undefined
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) restored = location.href
  })
  return ({ navigationURL }) => (restored ?? (navigationURL || started)).slice(0, MAX_ADDRESS)
}

/**
 * The bundle, which is captured whenever the page is hidden. A page that is left is hidden too, after `pagehide`, when
 * the last values are final.
 */
function flushedAtTheEnd(bundle: Bundle): Pick<Bundle, 'add'> {
  /** Whether the page is hidden, and all that was measured by then is captured. */
  let isHidden = false
  // The observers listen on the window, and report before; the client listens here for page exit, and saves after.
  document.addEventListener(
    'visibilitychange',
    () => {
      isHidden = document.visibilityState === 'hidden'
      if (isHidden) bundle.flush()
    },
    true,
  )
  return {
    add(vital) {
      bundle.add(vital)
      // A hidden page may run no timer any more.
      if (isHidden) bundle.flush()
    },
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

/**
 * The metrics where a site names none. TTFB is the server's and has no dashboard, so it is captured only where it is
 * asked for.
 */
const USUAL = ALL.filter((name) => name !== 'TTFB')

const isMetric = (name: unknown): name is WebVitalName => ALL.includes(name as WebVitalName)

/** The mistake that was told last. */
let told: string | undefined

/** A component that calls `webVitals` with each render is told of the same mistake once. */
function warnOnce(wrong: string): void {
  if (!wrong || wrong === told) return
  told = wrong
  console.warn(`[outlast] webVitals takes metrics (of ${ALL.join(', ')}) and bots, not ${wrong}`)
}
