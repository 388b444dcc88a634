/** The last results that hosts reported for a queue, in words. */

import type { Report } from '../core/base/reports'

export interface Answer {
  at: number
  what: string
  count: number
  detail: string
}

/** The most answers that are shown of a queue. */
const KEPT = 20

/** Adds a report to the answers, newest first. Reports of events that are queued or sent are no answers. */
export function withReport(answers: readonly Answer[], report: Report, now: number): Answer[] {
  const answer = answerOf(report, now)
  return answer ? [answer, ...answers].slice(0, KEPT) : [...answers]
}

function answerOf(report: Report, at: number): Answer | undefined {
  const count = report.uuids.length
  switch (report.type) {
    case 'delivered':
      return { at, what: 'delivered', count, detail: '' }
    case 'retry':
      return { at, what: 'failed, is tried again', count, detail: `${report.cause}, attempt ${report.attempt}` }
    case 'drop': {
      const status = report.status === undefined ? '' : ` (${report.status})`
      return { at, what: `dropped: ${report.reason}`, count: report.count, detail: `${report.detail}${status}` }
    }
    default:
      return undefined
  }
}
