/**
 * What a page loads of outlast and of posthog-js for the same, written into docs/replace-posthog-js.md. Without `--update` it
 * only prints the table. `npm run build` comes first.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { root } from '../paths'
import { Problem, run } from '../problem'

const PAGE = path.join(root, 'docs/replace-posthog-js.md')
const OURS = 'dist'
const THEIRS = 'node_modules/posthog-js/dist'

const inKilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** What each row adds: files of ours, and files of posthog-js. */
const ROWS: readonly [what: string, ours: readonly string[], theirs: readonly string[]][] = [
  ['before the first event: `capture`, persons, consent', ['index.js'], ['module.js']],
  ['web context', ['web-context.js'], []],
  ['delivery, right after', ['chunks/delivery.js'], []],
  ['the worker, in the background', ['site/worker.js'], []],
  ['web vitals', ['web-vitals.js'], ['web-vitals.js']],
  ['exceptions', ['exceptions.js'], ['exception-autocapture.js']],
]

await run(() => {
  const measured = ROWS.map(([what, ours, theirs]) => [what, bytesOf(OURS, ours), bytesOf(THEIRS, theirs)] as const)
  const sum = (column: 1 | 2) => measured.reduce((all, row) => all + row[column], 0)
  const lines = [...measured, ['together', sum(1), sum(2)] as const].map(
    ([what, ours, theirs]) => `| ${what} | ${inKilobytes(ours)} | ${theirs > 0 ? inKilobytes(theirs) : 'in it'} |`,
  )
  const { version } = JSON.parse(readFileSync(path.join(root, THEIRS, '../package.json'), 'utf8'))
  const table = [`| brotli | outlast | posthog-js ${version} |`, '|---|--:|--:|', ...lines].join('\n')
  console.log(table)
  if (!process.argv.includes('--update')) return
  const before = readFileSync(PAGE, 'utf8')
  const after = before.replace(/(<!-- sizes -->)[\s\S]*?(<!-- \/sizes -->)/, (_, start, end) =>
    [start, table, end].join('\n\n'),
  )
  if (!after.includes(table)) throw new Problem('docs/replace-posthog-js.md has no place for the sizes.')
  writeFileSync(PAGE, after)
})

function bytesOf(folder: string, files: readonly string[]): number {
  return files.reduce((all, file) => all + brotliCompressSync(readFileSync(path.join(root, folder, file))).length, 0)
}
