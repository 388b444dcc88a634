/** What the stories told of the bridges, as the table of docs/bridges.md. */

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../scripts/paths'
import { Problem } from '../../scripts/problem'
import { markdownTable } from '../markdown'
import type { BridgeResult } from './play'

export const DOCUMENT = path.join(root, 'docs/bridges.md')

/** Where the table stands in the document. */
export const MARKED = /(<!-- bridges -->)[\s\S]*?(<!-- \/bridges -->)/

/** A row for each story, a column for each bridge: what was lost alone, and with outlast. */
export function bridgeTable(results: BridgeResult[]): string {
  const bridges = [...new Set(results.map(({ bridge }) => bridge))].sort()
  const stories = [...new Set(results.map(({ story }) => story))].sort()
  const cell = (story: string, bridge: string) =>
    [false, true]
      .flatMap((bridged) =>
        results.filter((one) => one.story === story && one.bridge === bridge && one.bridged === bridged),
      )
      .map(outcome)
      .join(' → ')
  return markdownTable(
    ['', ...bridges],
    stories.map((story) => [story, ...bridges.map((bridge) => cell(story, bridge))]),
  )
}

function outcome({ captured, lost, duplicates, error }: BridgeResult): string {
  if (error !== undefined) return 'not played'
  return `${lost} of ${captured} lost${duplicates > 0 ? `, ${duplicates} twice` : ''}`
}

export function writeTable(results: BridgeResult[]): void {
  const text = readFileSync(DOCUMENT, 'utf8')
  if (!MARKED.test(text)) throw new Problem('docs/bridges.md has no place for the table of the stories.')
  writeFileSync(
    DOCUMENT,
    text.replace(MARKED, (_, open, close) => `${open}\n\n${bridgeTable(results)}\n\n${close}`),
  )
}
