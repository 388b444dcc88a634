/** The methods as pages call them: none throws, and those that change something wait for `init`. */

import { type Self, safely } from './self'
import type { PostHogLike } from './types'

/** Methods that answer at once: before `init`, with what there is by then. */
const ANSWERING = /^(get|has_|is_|isF|sessionRecording|on|push|init|shutdown)/

type Method = (...given: unknown[]) => unknown

export function queueing(self: Self, methods: Partial<PostHogLike>): Partial<PostHogLike> {
  const wrapped: Record<string, unknown> = {}
  for (const [name, method] of Object.entries(methods)) {
    if (typeof method !== 'function') wrapped[name] = method
    else wrapped[name] = waitingFor(self, name, method as Method)
  }
  return wrapped as Partial<PostHogLike>
}

function waitingFor(self: Self, name: string, method: Method): Method {
  return (...given) => {
    const run = () => safely(() => method(...given), `posthog.${name}`)
    if (self.client || ANSWERING.test(name)) return run()
    self.waiting.push(run)
    return undefined
  }
}
