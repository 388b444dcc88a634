/**
 * Warns once of each thing that PostHog's endpoints have and a site's own endpoint does not: AI events and feature
 * flags.
 */

import type { Front } from '../first/front'

/** @returns a function that says that no feature flags may be asked for, and warns of that once */
export function useOwnEndpoint({ capture, outbox, setup: { logs: log } }: Pick<Front, 'capture' | 'outbox' | 'setup'>) {
  const told = new Set<string>()
  function tell(key: 'ownAi' | 'ownFlags'): true {
    if (!told.has(key)) log.warnOf(key)
    told.add(key)
    return true
  }

  const { wire } = capture
  const { serialize } = wire
  wire.serialize = (event, format, given) => {
    if (format === 'ai') tell('ownAi')
    return serialize(event, format, given)
  }
  for (const run of [...outbox.unsent, ...outbox.unacknowledged]) {
    if (run.format !== 'ai' || run.events.length === 0) continue
    tell('ownAi')
    run.format = 'json'
  }
  return { noFlags: () => tell('ownFlags') }
}
