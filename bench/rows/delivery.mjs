// @ts-check
/** Delivery: every peer plays every story. */

import { launch } from '../../e2e/browser.mjs'
import { STORIES } from './stories.mjs'
import { withVisit } from './visit.mjs'

/**
 * @typedef {object} Told
 * @property {string} story
 * @property {string} peer
 * @property {number} captured
 * @property {number} delivered received at least once
 * @property {number} lost not received in the time that it had
 * @property {number} duplicates received again
 * @property {number} requests
 * @property {number | null} lastDeliveryMs from the first capture to the last event that is new
 * @property {string} [error] what kept the story from being played to its end
 */

/** Stories are mostly waiting, so several are played at a time. */
const AT_ONCE = 8
/** What is missing so long after the last obstacle has gone is counted as lost. Retries of all peers are quicker. */
const PATIENCE_MS = 40_000
const QUICK_PATIENCE_MS = 10_000
/** What comes twice comes after what is awaited. */
const AFTERMATH_MS = 2_000

/**
 * @param {import('../peers.mjs').Peer[]} peers
 * @param {import('../bench.mjs').Run} run
 * @returns {Promise<Told[]>}
 */
export async function measureDelivery(peers, { quick, progress }) {
  const stories = STORIES.filter((story) => !quick || story.quick)
  const waiting = stories.flatMap((story) => peers.map((peer) => ({ story, peer })))
  const total = waiting.length
  /** @type {Told[]} */
  const told = []
  const browser = await launch()
  try {
    const player = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const result = await playStory(next.story, next.peer.name, browser, quick ? QUICK_PATIENCE_MS : PATIENCE_MS)
        told.push(result)
        const { delivered, captured, duplicates, error } = result
        progress(
          `delivery ${told.length}/${total} ${next.story.name}, ${next.peer.name}: ${error ?? `${delivered} of ${captured}${duplicates ? `, ${duplicates} twice` : ''}`}`,
        )
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, player))
  } finally {
    await browser.close()
  }
  const order = (/** @type {Told} */ one) => stories.findIndex(({ name }) => name === one.story)
  return told.sort((a, b) => order(a) - order(b))
}

/**
 * @param {import('./stories.mjs').Story} story
 * @param {string} peer
 * @param {import('playwright').Browser} browser
 * @param {number} patienceMs
 * @returns {Promise<Told>}
 */
function playStory(story, peer, browser, patienceMs) {
  return withVisit(peer, async (visit) => {
    /** @type {import('playwright').BrowserContext[]} */
    const contexts = []
    const context = async () => {
      const made = await browser.newContext()
      contexts.push(made)
      return made
    }
    /** @type {string | undefined} */
    let error
    try {
      await story.play({ visit, browser, context, patienceMs })
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS))
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
    }
    await Promise.all(contexts.map((one) => one.close()))
    const { events: delivered, duplicates, requests } = await visit.ingest.account()
    const { captured, startedAt } = visit
    const lastDeliveryMs = delivered > 0 ? visit.ingest.lastNewAt() - startedAt : null
    const told = { story: story.name, peer, captured, delivered, lost: captured - delivered, duplicates, requests }
    return error === undefined ? { ...told, lastDeliveryMs } : { ...told, lastDeliveryMs, error }
  })
}
