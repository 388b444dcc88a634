import { MESSAGE_VERSION } from '../core/messages'
import { REPORT_CHANNEL } from '../core/names'
import type { Report } from '../core/reports'

/** Tells every page of this origin that listens what happens to a queue's events. */
export function reportChannel(): (queue: string, report: Report) => void {
  let channel: BroadcastChannel | undefined
  return (queue, report) => {
    if (typeof BroadcastChannel !== 'function') return
    channel ??= new BroadcastChannel(REPORT_CHANNEL)
    channel.postMessage({ outlast: MESSAGE_VERSION, queue, report })
  }
}
