/** Names the options of a later `init` that have no effect, because the client has others already. */

import { copyOf, isObject } from '../../core/base/values'

/**
 * Options that a later `init` does not lose: the client is found by the host, and a hook is added to the client's
 * hooks.
 */
const HEEDED = ['host', 'beforeSend']

/**
 * Options that a relay makes for its client (page/relay/options.ts), by the names that they have for the relay's
 * caller. Blank is an option that each call of `relay` has for itself, or that repeats another.
 */
const OF_RELAY: Record<string, string | undefined> = {
  hosts: '',
  dedupe: '',
  maxBodyBytes: '',
  storedHeaders: '',
  isDelivered: '',
  relay: 'isDelivered',
}

/**
 * One sentence; blank where the client has the same options. An option that only the first call named stays in force.
 */
export function ignoredOptions(first: unknown, later: unknown): string {
  const [has, given] = [comparable(first), comparable(later)]
  const differing = Object.keys(given).filter(
    (name) => !HEEDED.includes(name) && given[name] !== undefined && textOf(given[name]) !== textOf(has[name]),
  )
  const names = given.relay ? differing.flatMap((name) => OF_RELAY[name] ?? [name]).filter(Boolean) : differing
  if (names.length === 0) return ''
  const call = given.relay ? 'relay was called before for this host' : 'init was called before for this project'
  return `${call}, with other options: ${names.join(', ')} of this call ${names.length > 1 ? 'are' : 'is'} ignored`
}

/** The headers that a relay may store are those of each call. */
function comparable(options: unknown): Record<string, unknown> {
  const copy = copyOf(options)
  return copy.relay ? { ...copy, relay: { ...copyOf(copy.relay), headers: undefined } } : copy
}

/** Two functions of the same text are taken for the same option, as of a component that is rendered twice. */
function textOf(value: unknown): string {
  try {
    const written = (_: string, part: unknown) => (typeof part === 'function' ? String(part) : part)
    return isObject(value) ? JSON.stringify(value, written) : String(value)
  } catch {
    // A value that cannot be read differs from each that can.
    return ''
  }
}
