/** The last things that hosts told of a queue: its answers, in words. */

import type { Report } from '../core/base/reports'

export interface Answer {
  at: number
  what: string
  count: number
  detail: string
}

/** As many as somebody would read. */
const KEPT = 20

/** The newest first. What is only on its way is no answer. */
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
