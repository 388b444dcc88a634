// @ts-check
/** Plays stories one after the other, each on storage of its own. */

import { startCollector } from '../../demo/collector/collector.mjs'
import { ABILITIES } from '../engines/engine.mjs'
import { startSite } from '../site.mjs'
import { failureOf } from './failure.mjs'
import { createStage } from './stage.mjs'

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {number} captured
 * @property {number} delivered received at least once
 * @property {number} duplicates received again, with the same uuid
 * @property {number} lost neither received nor dropped
 * @property {number} dropped given up with a reason that the page can read
 * @property {number} altered received again with another name, distinct_id or timestamp
 * @property {number} requests
 * @property {number | null} lastDeliveryMs from the first capture to the last event received
 * @property {string} [skipped] what this engine lacks for it
 * @property {string} [failure] why the story fell short
 */

/**
 * @param {import('../engines/engine.mjs').Engine} engine
 * @param {import('./stories.mjs').Story[]} stories
 * @param {(line: string) => void} progress
 * @returns {Promise<Result[]>}
 */
export async function playStories(engine, stories, progress) {
  const collector = await startCollector({ databaseUrl: undefined })
  const browser = await engine.launch()
  progress(`${engine.name} ${browser.version}`)
  /** @type {Result[]} */
  const results = []
  try {
    for (const [index, story] of stories.entries()) {
      const startedAt = Date.now()
      const lacking = story.needs?.filter((ability) => !engine.can.includes(ability)) ?? []
      const result = lacking.length > 0 ? skipped(story, lacking) : await playStory(story, collector, engine, browser)
      results.push(result)
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
      progress(`[${index + 1}/${stories.length}] ${story.name}: ${told(result)} (${seconds} s)`)
    }
  } finally {
    await browser.close()
    await collector.close()
  }
  return results
}

/** @param {Result} result */
function told({ skipped, failure, delivered, captured }) {
  if (skipped !== undefined) return `SKIPPED: ${skipped}`
  return failure === undefined ? `${delivered} of ${captured}` : `FAILED: ${failure}`
}

/**
 * @param {import('./stories.mjs').Story} story
 * @param {import('../engines/engine.mjs').Ability[]} lacking
 * @returns {Result}
 */
function skipped({ name }, lacking) {
  return { ...NOTHING, name, skipped: `needs ${lacking.map((ability) => ABILITIES[ability]).join(', ')}` }
}

/** @type {Omit<Result, 'name'>} */
const NOTHING = {
  captured: 0,
  delivered: 0,
  duplicates: 0,
  lost: 0,
  dropped: 0,
  altered: 0,
  requests: 0,
  lastDeliveryMs: null,
}

/**
 * @param {import('./stories.mjs').Story} story
 * @param {import('./stage.mjs').Collector} collector
 * @param {import('../engines/engine.mjs').Engine} engine
 * @param {import('../engines/engine.mjs').Browser} browser
 * @returns {Promise<Result>}
 */
async function playStory(story, collector, engine, browser) {
  await collector.reset()
  // A site of its own means an origin of its own: no worker or database of an earlier story.
  // Frames without an origin load its scripts too.
  const site = await startSite({ headers: { 'Access-Control-Allow-Origin': '*' } })
  const stage = createStage({ site, collector, engine, browser, ...(story.options ? { options: story.options } : {}) })
  let dropped = 0
  /** @type {string | undefined} */
  let error
  try {
    dropped = (await story.play(stage)) ?? 0
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
  }
  const { missing, ...account } = await stage.account()
  // A browser that has gone cannot be cleared up; what ended the story says more.
  const errors = await stage.strike().catch((thrown) => [String(thrown)])
  await site.close()
  const result = { name: story.name, ...account, lost: Math.max(0, missing - dropped), dropped }
  const failure = error ?? failureOf(story, result, errors)
  return failure === undefined ? result : { ...result, failure }
}
