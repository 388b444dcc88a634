/**
 * For code that was written for posthog-js: the same names, outlast underneath.
 *
 *     import posthog from 'outlast/posthog-compat'
 *
 * @packageDocumentation
 */

import { init } from './index'
import { createPostHogLike } from './plugins/posthog-compat/index'
import { pagePorts } from './plugins/posthog-compat/page-ports'
import type { PostHogLike } from './plugins/posthog-compat/types'

/** The single instance, as posthog-js exports it. Calls before `init` wait until `init` is called. */
const posthog: PostHogLike = createPostHogLike(pagePorts(init))

export default posthog
export type {
  PostHogBootstrap,
  PostHogCaptureOptions,
  PostHogConfig,
  PostHogFlagOptions,
  PostHogFlagOverrides,
  PostHogFlagResult,
  PostHogHook,
  PostHogJson,
  PostHogLike,
} from './plugins/posthog-compat/types'
export type { PostHogEvent } from './plugins/posthog-js'
/** The same instance, for code that imports it by name. */
export { posthog }
