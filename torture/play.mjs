// @ts-check
/** Plays rounds one after the other, against one collector. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startSite } from '../e2e/site.mjs'
import { root } from '../scripts/paths.mjs'
import { startEndpoint } from './endpoint.mjs'
import { createFiles } from './files.mjs'
import { planRound } from './plan.mjs'
import { playRound } from './round.mjs'

/** @typedef {import('./round.mjs').RoundResult & { round: number, seed: number }} Played */

/** The exit code of a run that was stopped from outside, as shells have it. */
const INTERRUPTED = 130

/**
 * @param {{ rounds: number, seed: number, only: readonly string[], safeMs: number }} options
 * @param {(result: Played, profile: string) => void} onResult the profile of a round that failed is kept
 */
export async function playRounds({ rounds, seed: first, only, safeMs }, onResult) {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-torture-'))
  const clean = (/** @type {string} */ what) =>
    rm(what, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  const files = createFiles()
  const site = await startSite({ take: files.take })
  await servePages(site)
  const endpoint = await startEndpoint(path.join(folder, 'collector'))
  let stopRound = async () => {}
  const stop = () =>
    void Promise.allSettled([stopRound(), endpoint.close()])
      .then(() => clean(folder))
      .finally(() => process.exit(INTERRUPTED))
  process.once('SIGINT', stop).once('SIGTERM', stop)

  /** @type {Played[]} */
  const results = []
  try {
    for (let round = 1; round <= rounds; round++) {
      const seed = first + round - 1
      const profile = path.join(folder, `profile-${seed}`)
      const played = playRound(planRound(seed, only), { site, endpoint, files, profile, safeMs })
      stopRound = played.stop
      const result = { ...(await played.result), round, seed }
      results.push(result)
      if (result.breaches.length === 0) await clean(profile)
      onResult(result, profile)
    }
  } finally {
    await endpoint.close()
    await site.close()
    process.off('SIGINT', stop).off('SIGTERM', stop)
    const broken = results.some(({ breaches }) => breaches.length > 0)
    await clean(broken ? path.join(folder, 'collector') : folder)
  }
  return results
}

/**
 * Beside the pages of the end-to-end tests.
 *
 * @param {import('../e2e/site.mjs').Site} site
 */
async function servePages(site) {
  for (const [pathname, type] of Object.entries(PAGES)) {
    const body = await readFile(path.join(root, 'torture', 'page', pathname), 'utf8')
    site.answer(pathname, { status: 200, headers: { 'Content-Type': `${type}; charset=utf-8` }, body })
  }
}

const PAGES = { '/load.html': 'text/html', '/load.js': 'text/javascript', '/random.mjs': 'text/javascript' }
