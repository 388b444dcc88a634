/** Web vitals of a page with the script tag. */

import { type WebVitalName, webVitals } from '../../web-vitals'
import type { Outlast } from '../types'

// For posthog-js's names, which load this file too.
export { webVitals }

/**
 * @param text of `data-web-vitals`: names of metrics with commas between them; without any, those that are usual
 * @param bots as in `isBot`
 */
export function startWebVitals(client: Outlast, text: string, bots: boolean | readonly string[]): void {
  const names = text.split(',').map((name) => name.trim().toUpperCase())
  const metrics = names.filter((name) => name && name !== 'TRUE') as WebVitalName[]
  webVitals(client, { bots, ...(metrics.length > 0 && { metrics }) })
}
