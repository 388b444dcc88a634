/** The event that outlast captures, built by hand from the same sources: the least that a capture can cost. */

const token = 'phc_bench'
const distinctId = crypto.randomUUID()
const sessionId = crypto.randomUUID()
const windowId = crypto.randomUUID()

/** @returns JSON */
export const bareEvent = (event: string, properties: Record<string, unknown>): string =>
  JSON.stringify({
    uuid: crypto.randomUUID(),
    event,
    distinct_id: distinctId,
    timestamp: new Date().toISOString(),
    properties: {
      $lib: 'bare',
      $lib_version: '0.0.0',
      $current_url: location.href,
      $session_id: sessionId,
      $window_id: windowId,
      ...properties,
      distinct_id: distinctId,
      token,
    },
  })
