/** What a client says once, and does without, whose endpoint is the site's own: it has none of PostHog's other endpoints. */

import type { Front } from '../first/front'

/** @returns says that there are no feature flags, which nothing may be asked for */
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
