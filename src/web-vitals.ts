/**
 * Core Web Vitals as outlast events.
 *
 * @packageDocumentation
 */

export { type WebVitalsOptions, webVitals } from './plugins/web-vitals'
