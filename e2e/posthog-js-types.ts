/** The bridge's types fit posthog-js's own: this file is type-checked, and not run. */

import type { BeforeSendFn, PostHog } from 'posthog-js'
import type { Outlast } from '../src/page/types'
import { deliverThrough } from '../src/plugins/posthog-js'

export const hooks = (outlast: Outlast, posthog: PostHog): BeforeSendFn[] => [
  deliverThrough(outlast),
  deliverThrough(() => outlast, posthog),
  deliverThrough(outlast, () => posthog),
]
