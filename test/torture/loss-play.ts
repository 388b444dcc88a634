/** Kills a browser again and again while a page captures, and looks each time after what the next start finds. */

import { setTimeout as pause } from 'node:timers/promises'
import { withProfile } from '../../e2e/browser'
import type { Row } from './loss-rows'
import type { LossSite, Origin } from './loss-site'
import { type Captured, type KillFacts, type Loss, lossOf } from './loss-window'
import { launchPiped, type PipedBrowser, type Told } from './piped-browser'

/** Told by the page right after each capture. */
type ToldCapture = Told & Captured

const isCapture = (told: Told): told is ToldCapture => told.type === 'captured'

/** A profile grows with every origin, and a start of the browser with it. */
const KILLS_OF_A_PROFILE = 25

/** Between two captures, in ms: the least that Chromium's timers do is 4. */
const EVERY_MS = 5

/** Nothing is to be sent before the kill, as nothing is by default within the 5 s that an event may wait. */
const UNSENT = { flushInterval: 60_000, flushAt: 10_000 }

export async function playRow(
  row: Row,
  {
    moments,
    site,
    signal,
    onKill,
  }: {
    /** The moments of the kills, in ms after the first capture. */
    moments: number[]
    site: LossSite
    signal: AbortSignal
    onKill: (done: number) => void
  },
): Promise<Loss[]> {
  const kills: (Omit<KillFacts, 'arrived'> & { origin: Origin })[] = []

  async function killOnce(browser: PipedBrowser, afterMs: number) {
    const origin = site.newOrigin(row.files)
    const page = await browser.open(urlOf(origin, { begin: row.begin, everyMs: EVERY_MS, options: { ...UNSENT } }))
    if (row.begin !== 'at once') {
      await page.heard('ready')
      if (row.begin === 'when its worker was stopped') await page.stopWorkers()
      await page.run('begin()')
    }
    const { at } = await page.heard<ToldCapture>('captured')
    await pause(Math.max(0, at + afterMs - Date.now()))
    const killed = Date.now()
    await browser.kill()
    kills.push({ killed, told: page.told.filter(isCapture), origin })
    return origin
  }

  /** The next visit: a page that captures nothing and stays until nothing is left. */
  async function lookAfter(browser: PipedBrowser, origin: Origin) {
    origin.files = 'at once'
    origin.up = true
    const page = await browser.open(urlOf(origin, { begin: 'never', options: { flushInterval: 0 } }))
    await page.heard('drained')
    // A queue that the browser has deleted counts as lost, and is another matter than an event that was late.
    for (const message of page.told) if (message.type === 'warning') console.error(message.text)
    await page.close()
  }

  const urlOf = ({ url }: Origin, visit: { begin: string; everyMs?: number; options: object }) =>
    `${url}/loss.html?visit=${encodeURIComponent(JSON.stringify({ ...visit, options: { ...row.options, ...visit.options } }))}`

  for (let done = 0; done < moments.length; done += KILLS_OF_A_PROFILE) {
    await withProfile(async (profile) => {
      // The first start has nobody to look after; it visits too, so that every kill meets a browser that is as warm.
      let left = site.newOrigin()
      for (const moment of [...moments.slice(done, done + KILLS_OF_A_PROFILE), undefined]) {
        signal.throwIfAborted()
        const browser = await launchPiped(profile)
        const stop = () => void browser.kill()
        signal.addEventListener('abort', stop)
        try {
          await lookAfter(browser, left)
          if (moment === undefined) continue
          left = await killOnce(browser, moment)
          onKill(kills.length)
        } finally {
          signal.removeEventListener('abort', stop)
          await browser.kill()
        }
      }
    })
  }
  return kills.map(({ origin, ...facts }) => lossOf({ ...facts, arrived: origin.arrived }))
}
