/**
 * posthog-js's HTML snippet: an array in `window.posthog` of the calls that were made before the file was there,
 * with the calls of `init` in `_i`.
 */

import { isObject } from '../../core/base/values'
import { safely } from './self'
import type { PostHogConfig, PostHogLike } from './types'

type Methods = Record<string, unknown>

/** How deep commands run within commands. */
let depth = 0

/**
 * Runs a queued command: `[method, ...arguments]`, a function, or a chain of commands. A wrapper around
 * `window.posthog` that makes a command of each call cannot make it call itself for ever.
 */
export function runCommand(target: object, item: unknown): void {
  if (typeof item === 'function') safely(() => item.call(target), 'a queued function')
  if (!Array.isArray(item) || depth > 1) return
  depth += 1
  safely(() => {
    const chain: unknown[] = Array.isArray(item[0]) ? item : [item]
    let current: unknown = target
    for (const link of chain) {
      const [name, ...given] = Array.isArray(link) ? link : []
      const method = isObject(current) ? (current as Methods)[String(name)] : undefined
      if (typeof method !== 'function') return console.warn(`[outlast] posthog.${String(name)} is no method`)
      current = method.apply(current, given)
    }
  }, 'a queued call')
  depth -= 1
}

/** The order in which posthog-js runs what was queued: what says who the person is comes before what is captured. */
function order(item: unknown): number {
  const name = Array.isArray(item) ? item[0] : undefined
  if (typeof item === 'function') return 0
  if (name === 'alias') return 1
  return Array.isArray(name) || (typeof name === 'string' && name.includes('capture')) ? 3 : 2
}

function runQueue(instance: PostHogLike, queue: unknown): void {
  const people: unknown = isObject(queue) ? (queue as Methods).people : undefined
  const listed = Array.isArray(people) ? [...people] : []
  for (const item of listed) runCommand(instance.people, item)
  const items: unknown[] = Array.isArray(queue) ? [...queue] : []
  for (const item of items.sort((a, b) => order(a) - order(b))) runCommand(instance, item)
}

/** Puts the library in the place of the snippet's stub, and makes the calls that wait there. */
export function takeSnippet(posthog: PostHogLike): void {
  const page = window as unknown as { posthog?: unknown }
  const stub = page.posthog
  const inits: unknown = isObject(stub) ? (stub as Methods)._i : undefined
  // Without the stub's list of inits, `window.posthog` is a library that has started already: this file, or posthog-js.
  if (isObject(stub) && !Array.isArray(inits) && typeof (stub as Methods).init === 'function') {
    return console.warn('[outlast] window.posthog is a library that runs already; this file does nothing')
  }
  // The snippet's own mark: a second snippet in the page leaves a library with it alone.
  Object.assign(posthog, { __SV: 1 })
  page.posthog = posthog
  const done = new Set<unknown>()
  for (const call of Array.isArray(inits) ? inits : []) {
    if (!Array.isArray(call)) continue
    const [token, config, name] = call as [string, PostHogConfig, string | undefined]
    const instance = posthog.init(token, config, name)
    const queue = (name !== undefined && name !== 'posthog' && (stub as Methods)[name]) || stub
    if (!instance.__loaded || done.has(queue)) continue
    done.add(queue)
    runQueue(instance, queue)
  }
  // Without an init so far, the calls wait for it in the instance.
  if (!done.has(stub) && !posthog.__loaded) runQueue(posthog, stub)
}
