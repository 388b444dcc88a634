/** Plays rounds one after the other, against one collector. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Site, startSite } from '../../e2e/site'
import { browserBundle } from '../../scripts/browsers/browser-script'
import { root } from '../../scripts/paths'
import { startEndpoint } from './endpoint'
import { createFiles } from './files'
import { planRound } from './plan'
import { playRound, type RoundResult } from './round'

export type Played = RoundResult & { round: number; seed: number }

/** The exit code of a run that was stopped from outside, as shells have it. */
const INTERRUPTED = 130

/** @param onResult the profile of a round that failed is kept */
export async function playRounds(
  { rounds, seed: first, only, safeMs }: { rounds: number; seed: number; only: readonly string[]; safeMs: number },
  onResult: (result: Played, profile: string) => void,
) {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-torture-'))
  const clean = (what: string) => rm(what, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
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

  const results: Played[] = []
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

/** Beside the pages of the end-to-end tests. */
async function servePages(site: Site) {
  const folder = path.join(root, 'test/torture')
  const answer = (pathname: string, type: string, body: string) =>
    site.answer(pathname, { status: 200, headers: { 'Content-Type': `${type}; charset=utf-8` }, body })
  answer('/load.html', 'text/html', await readFile(path.join(folder, 'page/load.html'), 'utf8'))
  answer('/load.js', 'text/javascript', await readFile(path.join(folder, 'page/load.js'), 'utf8'))
  answer('/random.js', 'text/javascript', await browserBundle(path.join(root, 'test/support/random.ts')))
}
