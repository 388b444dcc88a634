// @ts-check
/** Plays stories one after the other, each on storage of its own. */

import { startCollector } from '../../demo/collector/collector.mjs'
import { launch } from '../browser.mjs'
import { startSite } from '../site.mjs'
import { createStage } from './stage.mjs'

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {number} captured
 * @property {number} delivered received at least once
 * @property {number} duplicates received again, with the same uuid
 * @property {number} lost neither received nor dropped
 * @property {number} dropped given up with a reason that the page can read
 * @property {number} requests
 * @property {number | null} lastDeliveryMs from the first capture to the last event received
 * @property {string} [error] what kept the story from being played to its end
 */

/**
 * @param {import('./stories.mjs').Story[]} stories
 * @param {(line: string) => void} progress
 * @returns {Promise<Result[]>}
 */
export async function playStories(stories, progress) {
  const collector = await startCollector({ databaseUrl: undefined })
  const browser = await launch()
  /** @type {Result[]} */
  const results = []
  try {
    for (const [index, story] of stories.entries()) {
      const startedAt = Date.now()
      const result = await playStory(story, collector, browser)
      results.push(result)
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
      const { delivered, captured, error } = result
      const told = error ? `failed: ${error}` : `${delivered} of ${captured}`
      progress(`[${index + 1}/${stories.length}] ${story.name}: ${told} (${seconds} s)`)
    }
  } finally {
    await browser.close()
    await collector.close()
  }
  return results
}

/**
 * @param {import('./stories.mjs').Story} story
 * @param {import('./stage.mjs').Collector} collector
 * @param {import('playwright').Browser} browser
 * @returns {Promise<Result>}
 */
async function playStory(story, collector, browser) {
  await collector.reset()
  // A site of its own means an origin of its own: no worker or database of an earlier story.
  const site = await startSite()
  const stage = createStage({ site, collector, browser, ...(story.options ? { options: story.options } : {}) })
  let dropped = 0
  /** @type {string | undefined} */
  let error
  try {
    dropped = (await story.play(stage)) ?? 0
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
  }
  const { missing, captured, delivered, duplicates, requests, lastDeliveryMs } = await stage.account()
  await stage.strike()
  await site.close()
  const { name } = story
  const lost = Math.max(0, missing - dropped)
  const result = { name, captured, delivered, duplicates, lost, dropped, requests, lastDeliveryMs }
  return error === undefined ? result : { ...result, error }
}
