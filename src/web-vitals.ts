/**
 * Core Web Vitals as outlast events.
 *
 * @packageDocumentation
 */

export { type WebVitalName, type WebVitalsOptions, webVitals } from './plugins/web-vitals'
