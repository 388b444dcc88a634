/**
 * `npm run soak`: whether anything grows while a client works on and on.
 *
 *     npm run soak                             a month on a virtual clock, then an hour in Chromium; writes docs/benchmarks.md
 *     npm run soak -- --days 3 --minutes 5     shorter; writes no documents
 *     npm run soak -- --only month             one of month, hour; the documents keep the other one
 *     npm run soak -- --render                 the documents again, from the last runs
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ensureDependencies } from '../scripts/bootstrap/ensure-dependencies.mjs'
import { ensureBuild } from '../scripts/build/ensure-build'
import { commandLine, someOf, wholeNumber } from '../scripts/command-line'
import { root } from '../scripts/paths'
import { run as main, Problem } from '../scripts/problem'
import { fill } from './documents'
import { PEERS } from './peers'
import { judge, plot, type Soak, table } from './soak/growth'
import { HOUR, soakHour } from './soak/hour'
import { MONTH, soakMonth } from './soak/month'

interface Soaks {
  month?: Soak
  hour?: Soak
}

/** The last whole month and the last whole hour: the documents are made from them. */
const KEPT = path.join(root, 'bench/results/soak.json')
const DAYS = 30
const MINUTES = 60
/** Of the tab that is open all month. */
const EVENTS_PER_HOUR = 60

const PLOTS = `![An hour in Chromium](bench/soak-hour.svg)
![A month on a virtual clock](bench/soak-month.svg)`

// Playwright would close its browser and leave the run going.
process.once('SIGTERM', () => process.exit(143))

await main(async () => {
  const given = commandLine(import.meta.url, {
    days: { type: 'string', default: String(DAYS) },
    minutes: { type: 'string', default: String(MINUTES) },
    only: { type: 'string' },
    render: { type: 'boolean', default: false },
  })
  if (given.render) return writeDocuments(kept())
  const days = wholeNumber('days', given.days, { least: 1 })
  const minutes = wholeNumber('minutes', given.minutes, { least: 1 })
  const parts = someOf('only', given.only, ['month', 'hour'])
  const soaks: Soaks = {}
  if (parts.includes('month')) soaks.month = await soakMonth(days, EVENTS_PER_HOUR, console.error)
  if (parts.includes('hour')) soaks.hour = await inChromium(minutes)
  console.log(tables(soaks))
  if (days === DAYS && minutes === MINUTES) {
    const all = { ...kept(), ...soaks }
    writeFileSync(KEPT, `${JSON.stringify(all, null, 2)}\n`)
    writeDocuments(all)
  }
  const bad = [soaks.month, soaks.hour].some((soak) => soak && soak.delivered < soak.captured)
  const grows = verdicts(soaks).some(({ flat }) => !flat)
  if (bad || grows) throw new Problem(bad ? 'Events were lost.' : 'Something grows.')
})

async function inChromium(minutes: number): Promise<Soak> {
  const { ensureChromium } = await import('../scripts/browsers/browser')
  ensureChromium()
  ensureDependencies(path.join(root, 'bench'))
  ensureBuild()
  const { bundlePage, keepLibrary } = await import('./bundle')
  keepLibrary(path.join(root, 'dist'))
  for (const peer of PEERS.filter(({ name }) => name === 'outlast')) await bundlePage(peer)
  return soakHour(minutes, console.error)
}

function kept(): Soaks {
  return existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, 'utf8')) : {}
}

function verdicts({ month, hour }: Soaks) {
  return [...(month ? judge(month, MONTH) : []), ...(hour ? judge(hour, HOUR) : [])]
}

function tables({ month, hour }: Soaks) {
  const dated = (soak: Soak | undefined, text: string | undefined) => soak && `Measured on ${soak.date}.\n\n${text}`
  return [dated(month, month && table(month, MONTH, 'days')), dated(hour, hour && table(hour, HOUR, 'minutes'))]
    .filter(Boolean)
    .join('\n\n')
}

/** Waits for both: a document with one plot alone would refer to one that is not there. */
function writeDocuments(soaks: Soaks) {
  const { month, hour } = soaks
  if (!month || !hour) return
  const plots = path.join(root, 'docs/bench')
  mkdirSync(plots, { recursive: true })
  const drawn = {
    'soak-month': plot('A month on a virtual clock', 'days', month, MONTH, ['heap', 'stored', 'kept']),
    'soak-hour': plot('An hour in Chromium', 'minutes', hour, HOUR, ['pageHeap', 'workerHeap', 'disk']),
  }
  for (const [name, svg] of Object.entries(drawn)) writeFileSync(path.join(plots, `${name}.svg`), svg)
  const file = path.join(root, 'docs/benchmarks.md')
  writeFileSync(file, fill(readFileSync(file, 'utf8'), { soak: `${tables(soaks)}\n\n${PLOTS}` }))
}
