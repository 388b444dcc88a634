import { REPORT_CHANNEL } from '../core/base/names'
import type { Report } from '../core/base/reports'
import { MESSAGE_VERSION } from '../core/host/messages'

/** Tells every page of this origin that listens what happens to a queue's events. */
export function reportChannel(): (queue: string, report: Report) => void {
  let channel: BroadcastChannel | undefined
  return (queue, report) => {
    channel ??= openReportChannel()
    channel?.postMessage({ outlast: MESSAGE_VERSION, queue, report })
  }
}

/** Nothing where the platform has none, or a page has put something else in its place. */
export function openReportChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(REPORT_CHANNEL)
  } catch {
    return undefined
  }
}
