/** The last way out of a page that is left: sends a request at once. */

import type { Passed } from './stored-form'

/**
 * Sends a POST. The page does not learn whether the request arrived, so the stored one stays, and is sent again. A body
 * that is too long for the browser is not sent here. No beacon is used, since it would follow a redirect to a host that
 * the site has not named.
 */
export async function leaveBy(request: Passed): Promise<void> {
  const how: RequestInit = { keepalive: true, redirect: 'manual', referrerPolicy: 'no-referrer' }
  if (request.method === 'POST') await fetch(request.url, { ...(request as RequestInit), ...how })
}
