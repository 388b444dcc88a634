/**
 * Tells a site's developer, once each, what only the site can change: why a server refuses events, or that none
 * answers.
 */

import type { News } from '../../core/delivery/endpoint-health'
import type { Log } from '../first/log'

/** The most reasons that are told of: what a server says may differ each time. */
const MAX_REASONS = 5

/**
 * @param queue the queue's name, which ends with the endpoint
 * @param isOnline whether the device has a network: without one it is no wonder that the endpoint does not answer
 */
export function createServerNews(
  queue: string,
  warnOf: Log['warnOf'],
  isOnline: () => boolean = () => true,
): (news: News) => void {
  const told = new Set<string>()
  const host = queue.slice(queue.indexOf(' ') + 1)

  /** Whether nothing was told of the reason yet, and there is room for one more. */
  function isNew(reason: string): boolean {
    if (told.has(reason) || told.size >= MAX_REASONS) return false
    told.add(reason)
    return true
  }

  return ({ refusedBy, unanswered }) => {
    if (refusedBy !== undefined) {
      const status = /^status (\d+)/.exec(refusedBy)?.[1] ?? ''
      if (isNew(status || refusedBy)) warnOf('refused', host, refusedBy, status)
    }
    if (unanswered !== undefined && isOnline()) {
      const kind = unanswered.startsWith('status') ? 'failing' : 'silent'
      if (isNew(kind)) warnOf(kind, host, unanswered)
    }
  }
}
