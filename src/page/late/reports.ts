/** Receives what hosts report of this queue's events, while this page has a listener. */

import { openReportChannel } from '../../adapters/report-channel'
import type { Emitter } from '../../client/first/emitter'
import { emitReport } from '../../client/late/emit-report'
import type { OutlastEvents } from '../../client/types'
import type { Report } from '../../core/base/reports'
import { asRecord } from '../../core/base/values'
import { MESSAGE_VERSION } from '../../core/host/messages'

export interface Reports {
  start(): void
  /** Closes the channel while the page may be in the back/forward cache: a message would evict the page. */
  pause(): void
  resume(): void
  stop(): void
}

const TYPES: readonly Report['type'][] = ['queued', 'sending', 'delivered', 'retry', 'drop']

export function watchReports(queue: string, emitter: Emitter<OutlastEvents>): Reports {
  let channel: BroadcastChannel | undefined
  let wanted = false

  function open(): void {
    if (!wanted || channel) return
    channel = openReportChannel()
    if (!channel) return
    channel.onmessage = ({ data }) => {
      const { outlast, queue: of, report } = asRecord(data)
      if (outlast !== MESSAGE_VERSION || of !== queue) return
      const { type, uuids } = asRecord(report)
      if (TYPES.includes(type as Report['type']) && Array.isArray(uuids)) emitReport(emitter, report as Report)
    }
  }

  function close(): void {
    channel?.close()
    channel = undefined
  }

  return {
    start() {
      wanted = true
      open()
    },
    pause: close,
    resume: open,
    stop() {
      wanted = false
      close()
    },
  }
}
