import { REPORT_CHANNEL } from '../core/base/names'
import type { Report } from '../core/base/reports'
import { MESSAGE_VERSION } from '../core/host/messages'

/** Returns a function that reports what happens to a queue's events to all pages of this origin. */
export function reportChannel(): (queue: string, report: Report) => void {
  let channel: BroadcastChannel | undefined
  return (queue, report) => {
    channel ??= openReportChannel()
    channel?.postMessage({ outlast: MESSAGE_VERSION, queue, report })
  }
}

/** The channel of reports. `undefined` where the platform has none, or a page has replaced the class. */
export function openReportChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(REPORT_CHANNEL)
  } catch {
    return undefined
  }
}
