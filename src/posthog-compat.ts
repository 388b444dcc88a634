/**
 * For code that was written for posthog-js: the same names, outlast underneath.
 *
 *     import posthog from 'outlast/posthog-compat'
 *
 * @packageDocumentation
 */

import { init } from './index'
import { createPostHogLike, type PostHogLike } from './plugins/posthog-compat'

/** The single instance, as posthog-js exports it. Calls before `init` wait until `init` is called. */
const posthog: PostHogLike = createPostHogLike(init)

export default posthog
export type { PostHogConfig, PostHogLike } from './plugins/posthog-compat'
export type { PostHogEvent } from './plugins/posthog-js'
