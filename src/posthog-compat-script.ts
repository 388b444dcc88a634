/**
 * The file for posthog-js's HTML snippet: in place of `array.js`, it takes the calls that the snippet's stub has
 * queued, and `window.posthog` is outlast from then on.
 */

import { init } from './index'
import { createPostHogLike } from './plugins/posthog-compat/index'
import { pagePorts } from './plugins/posthog-compat/page-ports'
import { takeSnippet } from './plugins/posthog-compat/snippet'

takeSnippet(createPostHogLike(pagePorts(init)))
