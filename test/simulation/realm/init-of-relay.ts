/** The `init` by which a relay makes the client of a host: it shows each request as the client has made it. */

import { init as real } from '../../../src/index'
import type { Outlast, OutlastOptions } from '../../../src/page/types'
import type {} from './simulated'

export function init(apiKey: string, options: OutlastOptions): Outlast {
  const { beforeSend } = options
  if (typeof beforeSend !== 'function') throw new Error('a relay has a hook of its own')
  return real(apiKey, {
    ...options,
    beforeSend(event) {
      simulated.madeOfRequest(String(options.host), event)
      return beforeSend(event)
    },
  })
}
