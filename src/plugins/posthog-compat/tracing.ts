/** Whose request it is, in headers of the page's own requests to the hosts that the options name. */

import { type Self, stringsOf } from './self'

export function startTracing(self: Self): void {
  const { config, face } = self
  const hosts = stringsOf(config.tracing_headers)
  if (hosts.length === 0) return
  const traced = {
    getDistinctId: () => face.get_distinct_id(),
    getSessionId: () => face.get_session_id(),
    getWindowId: () => self.client?.getWindowId() ?? '',
    isOptOut: () => !self.isCapturing(),
  }
  void import('../../tracing-headers').then(
    ({ tracingHeaders }) => tracingHeaders(traced, hosts),
    () => console.warn('[outlast] the code of tracing_headers could not be loaded; requests go out without them'),
  )
}
