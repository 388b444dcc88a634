/** The line to a host in the page, which nobody outside the page could listen to. */

import {
  type InProcessChannel,
  type InProcessOptions,
  inProcessChannel as real,
} from '../../../src/client/late/in-process-channel'
import type {} from './simulated'

export type { InProcessChannel }

export function inProcessChannel(options: InProcessOptions): InProcessChannel {
  const memory = options.host === 'memory'
  const channel = real({
    ...options,
    receive(message) {
      simulated.heard(message, memory)
      options.receive(message)
    },
  })
  return {
    ...channel,
    post(message) {
      simulated.said(message, memory)
      return channel.post(message)
    },
  }
}
