/** Tells a site's developer, once each, what only the site can change: why a server refuses events, or that none answers. */

import type { News } from '../../core/delivery/endpoint-health'

/** What to check after a status. */
const REMEDIES: Record<string, string> = {
  '400': 'what the server said names the fault of the event',
  '401': "check the project's API key, and that host is where this project is (EU or US)",
  '403': "check the project's API key, and what stands before the host: a firewall, or a proxy that asks for a sign-in",
  '404': 'check host, which has no such path; a proxy of your own has to pass the path on (docs/proxy.md)',
  '405': 'check host, which takes no POST there; a proxy of your own has to pass it on (docs/proxy.md)',
}

/** The most reasons that are told of: what a server says may differ each time. */
const MAX_REASONS = 5

/**
 * @param queue its name, which ends with the host
 * @param isOnline whether the device has a network: without one it is no wonder that no host answers
 */
export function createServerNews(
  queue: string,
  warn: (message: string) => void,
  isOnline: () => boolean = () => true,
): (news: News) => void {
  const told = new Set<string>()
  const host = queue.slice(queue.indexOf(' ') + 1)

  function once(reason: string, message: string): void {
    if (told.has(reason) || told.size >= MAX_REASONS) return
    told.add(reason)
    warn(message)
  }

  return ({ refusedBy, unanswered }) => {
    if (refusedBy !== undefined) {
      const status = /^status (\d+)/.exec(refusedBy)?.[1] ?? ''
      const remedy = REMEDIES[status] ?? "on('drop') tells of each event"
      once(status || refusedBy, `${host} refused events for good, which are dropped (${refusedBy}): ${remedy}`)
    }
    if (unanswered !== undefined && isOnline()) {
      const checks = "host, whether it allows this origin (CORS), the policy's connect-src, and content blockers"
      if (unanswered.startsWith('status')) {
        once(
          'failing',
          `${host} has answered with nothing but errors (${unanswered}), and events wait; check the server, or the proxy before it`,
        )
      } else once('unanswered', `no answer from ${host} (${unanswered}), and events wait; check ${checks}`)
    }
  }
}
