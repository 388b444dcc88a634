/** Plays stories one after the other, each on storage of its own. */

import { startCollector } from '../../demo/collector/collector'
import type { Dropped } from '../../src/core/base/accounting'
import { ABILITIES, type Ability, type Browser, type Engine } from '../engines/engine'
import { startOwnEndpoint } from '../receiver/own-endpoint'
import { startSite } from '../site'
import type { Destination } from './destination'
import { failureOf } from './failure'
import { createStage } from './stage'
import type { Story } from './stories'

export interface Result {
  name: string
  captured: number
  /** Events that were received at least once. */
  delivered: number
  /** Copies that were received with the uuid of an earlier one. */
  duplicates: number
  /** Events that were neither received nor dropped. */
  lost: number
  /** Events that were given up with a reason that the page can read. */
  dropped: number
  /** Copies with another name, distinct_id or timestamp than the first. */
  altered: number
  requests: number
  /** The time from the first capture to the last event received. */
  lastDeliveryMs: number | null
  /** What this engine lacks for the story. */
  skipped?: string
  /** Why the story fell short. */
  failure?: string
}

/** Where the events of a replay go. */
export const ENDPOINTS = ['posthog', 'own'] as const
export type EndpointName = (typeof ENDPOINTS)[number]

/** What each asks of `init`. */
const OPTIONS: Record<EndpointName, Record<string, unknown>> = {
  posthog: {},
  own: { captureMode: 'json', endpoint: '/events' },
}

export async function playStories(
  engine: Engine,
  stories: Story[],
  progress: (line: string) => void,
  endpoint: EndpointName = 'posthog',
): Promise<Result[]> {
  const collector = endpoint === 'own' ? await startOwnEndpoint() : await startCollector({ databaseUrl: undefined })
  const browser = await engine.launch()
  progress(`${engine.name} ${browser.version}`)
  const results: Result[] = []
  try {
    for (const [index, story] of stories.entries()) {
      const startedAt = Date.now()
      const lacking = story.needs?.filter((ability) => !engine.can.includes(ability)) ?? []
      const name = `story-${index + 1}.localhost`
      const result =
        lacking.length > 0
          ? skipped(story, lacking)
          : await playStory(withOptions(story, OPTIONS[endpoint]), name, collector, engine, browser)
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

const withOptions = (story: Story, more: Record<string, unknown>): Story => ({
  ...story,
  options: { ...more, ...story.options },
})

function told({ skipped, failure, delivered, captured }: Result) {
  if (skipped !== undefined) return `SKIPPED: ${skipped}`
  return failure === undefined ? `${delivered} of ${captured}` : `FAILED: ${failure}`
}

function skipped({ name }: Story, lacking: Ability[]): Result {
  return { ...NOTHING, name, skipped: `needs ${lacking.map((ability) => ABILITIES[ability]).join(', ')}` }
}

const NOTHING: Omit<Result, 'name'> = {
  captured: 0,
  delivered: 0,
  duplicates: 0,
  lost: 0,
  dropped: 0,
  altered: 0,
  requests: 0,
  lastDeliveryMs: null,
}

/** @param name of the site's host */
async function playStory(
  story: Story,
  name: string,
  collector: Destination,
  engine: Engine,
  browser: Browser,
): Promise<Result> {
  await collector.reset()
  // A site of its own means an origin of its own: no worker or database of an earlier story. It has a host of its own
  // too: 10 s after an origin's last page WebKit ends the workers of all ports of the host, if no page of any is open.
  // Frames without an origin load its scripts too.
  const site = await startSite({ name, headers: { 'Access-Control-Allow-Origin': '*' } })
  const stage = createStage({ site, collector, engine, browser, ...(story.options ? { options: story.options } : {}) })
  let reasons: Dropped = {}
  let error: string | undefined
  try {
    reasons = (await story.play(stage)) ?? {}
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
  }
  const { missing, ...account } = await stage.account()
  // A browser that has gone cannot be cleared up; what ended the story says more.
  const errors = await stage.tearDown().catch((thrown) => [String(thrown)])
  await site.close()
  const dropped = Object.values(reasons).reduce((sum, count) => sum + count, 0)
  const result = { name: story.name, ...account, lost: Math.max(0, missing - dropped), dropped }
  const failure = error ?? failureOf(story, result, reasons, errors)
  return failure === undefined ? result : { ...result, failure }
}
