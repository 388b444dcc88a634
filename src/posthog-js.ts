/**
 * Keeps posthog-js and makes its delivery outlast the tab.
 *
 * @packageDocumentation
 */

export { deliverThrough, type PostHogEvent } from './plugins/posthog-js'
