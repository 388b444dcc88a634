/** The last way out of a page that is left: sends a request at once. */

import type { Passed } from './stored-form'

/**
 * Sends a POST. The page does not learn whether it arrived, so the stored request stays, and is sent again. A body that is too long
 * for the browser is not sent here. It is no beacon, which would follow a redirect to a host that the site has not named.
 */
export async function leaveBy(request: Passed): Promise<void> {
  const how: RequestInit = { keepalive: true, redirect: 'manual', referrerPolicy: 'no-referrer' }
  if (request.method === 'POST') await fetch(request.url, { ...(request as RequestInit), ...how })
}
