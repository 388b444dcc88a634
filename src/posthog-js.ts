/**
 * Keeps posthog-js and makes its delivery outlast the tab.
 *
 * @packageDocumentation
 */

export type { PostHogInstance } from './plugins/posthog-instance'
export { deliverThrough, type PostHogEvent } from './plugins/posthog-js'
