/** Makes the instance that the library exports, and those that `init` gives a name. */

import { createInstance } from './instance'
import type { CompatPorts } from './self'
import type { PostHogLike } from './types'

export function createPostHogLike(ports: CompatPorts): PostHogLike {
  const instances: Record<string, PostHogLike | undefined> = Object.create(null)
  return createInstance(ports, (name) => {
    const instance = instances[name] ?? createInstance(ports)
    instances[name] = instance
    return instance
  })
}
