/** Rows of losses, for a person to read. */

import { table } from '../../scripts/table'
import type { Summary } from './loss-window'

interface MeasuredRow {
  title: string
  summary: Summary
}

const HEAD = [
  'ms from capture to safety',
  'kills',
  'median',
  'p90',
  'worst',
  'first event',
  'none survived',
  'captured',
  'survived',
]

function between([least, most]: [least: number, most: number]) {
  if (least === 0) return `< ${most.toFixed(0)}`
  return Number.isFinite(most) ? `${least.toFixed(0)}–${most.toFixed(0)}` : `> ${least.toFixed(0)}`
}

export function lossTable(rows: MeasuredRow[]) {
  const cells = rows.map(({ title, summary }) => [
    title,
    String(summary.kills),
    summary.medianMs.toFixed(0),
    summary.p90Ms.toFixed(0),
    summary.worstMs.toFixed(0),
    between(summary.firstSafeMs),
    String(summary.nothingSurvived),
    String(summary.captured),
    String(summary.survived),
  ])
  return table(HEAD, cells)
}
