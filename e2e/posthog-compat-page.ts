/** A page that was written for posthog-js, over either library, and what it did there in a form that can be compared. */

import type { Browser, Page } from 'playwright'
import type { PostHogConfig, PostHogLike } from '../src/plugins/posthog-compat/types'
import type { PostHogEvent } from '../src/plugins/posthog-js'
import type { Site } from './site'

export interface CompatPage {
  posthog: PostHogLike
  /** Events as the site's hook saw them. */
  seen: PostHogEvent[]
  warned: string[]
  isReady: boolean
  start(config?: PostHogConfig, token?: string): PostHogLike
}

export type Library = 'outlast' | 'posthog-js'

const urlOf = (site: Site, host: string, library: Library) =>
  `${site.url}/posthog-compat.html?library=${library}&host=${encodeURIComponent(host)}`

export async function visit(page: Page, site: Site, host: string, library: Library = 'outlast'): Promise<Page> {
  await page.goto(urlOf(site, host, library))
  await page.waitForFunction(() => (window as unknown as CompatPage).isReady)
  return page
}

/** What a page did under a library: what its calls gave, and the events that its hook saw. */
export interface Played {
  given: unknown
  seen: unknown[]
}

/** Properties of posthog-js's own that outlast has too. What a page sets itself counts always. */
const COMPARED = new Set([
  ...['$anon_distinct_id', '$device_id', '$is_identified', '$process_person_profile', '$session_id', '$window_id'],
  ...['$groups', '$group_type', '$group_key', '$group_set', '$set', '$set_once', '$unset'],
  ...['$pageview_id', '$prev_pageview_id', '$prev_pageview_pathname', '$current_url'],
  ...['$feature_flag', '$feature_flag_response', '$feature_flag_payload', '$feature_flag_bootstrapped_response'],
  ...['$feature_flag_bootstrapped_payload', '$used_bootstrap_value', '$feature_flag_error', '$feature_flag_version'],
  ...['$feature_flag_reason', '$active_feature_flags', '$exception_list', '$exception_level'],
  ...['$host', '$pathname', '$referrer', '$referring_domain', '$browser', '$browser_version', '$browser_language'],
  ...[
    '$os',
    '$os_version',
    '$device',
    '$device_type',
    '$raw_user_agent',
    '$timezone',
    '$screen_width',
    '$viewport_height',
  ],
  ...['$session_entry_host', '$session_entry_pathname', '$session_entry_referrer', '$session_entry_referring_domain'],
  ...['$event_time_override_provided', '$ai_trace_id', '$ai_metric_name', '$ai_metric_value', '$ai_feedback_text'],
])

/** Texts that differ from run to run become numbers, in the order in which they come. */
function comparable(played: Played): Played {
  const ids = new Map<string, string>()
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
  const pick = (properties: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name, value]) => value !== undefined && (!name.startsWith('$') || COMPARED.has(name)))
        .map(([name, value]) => [name, name === '$set_once' ? ofCaller(value) : bare(name, value)] as const)
        .filter(([, value]) => !isEmpty(value))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const seen = played.seen.map((event) => {
    const { properties, $set, $set_once, $unset, event: name } = event as PostHogEvent
    return { name, properties: pick(properties), ...pick({ $set, $set_once, $unset }) }
  })
  const text = JSON.stringify({ given: played.given, seen })
  return JSON.parse(
    text.replace(uuid, (id) => {
      ids.set(id, ids.get(id) ?? `id ${ids.size + 1}`)
      return ids.get(id) as string
    }),
  )
}

/** Without the host of a page and the places of an error, which are not the same in either library. */
function bare(name: string, value: unknown): unknown {
  if (name === '$current_url') return new URL(String(value)).pathname
  if (Array.isArray(value)) return value.map((one) => bare('', one))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'stacktrace')
  return Object.fromEntries(kept.map(([key, one]) => [key, bare(key, one)]))
}

/** Without what posthog-js adds itself: where the person came from at first. */
function ofCaller(setOnce: unknown): unknown {
  const given = Object.entries(setOnce ?? {})
  return Object.fromEntries(given.filter(([name, value]) => value !== null && !name.startsWith('$')))
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/** Plays a page under a library, as a visitor of its own. */
export async function play(
  browser: Browser,
  site: Site,
  host: string,
  library: Library,
  act: (page: Page) => Promise<unknown>,
): Promise<Played> {
  const context = await browser.newContext()
  try {
    const page = await visit(await context.newPage(), site, host, library)
    const given = await act(page)
    return comparable({ given, seen: await page.evaluate(() => (window as unknown as CompatPage).seen) })
  } finally {
    await context.close()
  }
}

/** What a page does with the library under test, and gives for the comparison. */
export type Story = (page: Page) => Promise<unknown>

/** Calls `run` in the page with the library, started with `config`. */
export const calls =
  (config: PostHogConfig, run: (posthog: PostHogLike) => unknown): Story =>
  (page) =>
    page.evaluate(
      async ([given, text]) => {
        const { start } = window as unknown as CompatPage
        const story = new Function(`return (${text})`)() as (posthog: PostHogLike) => unknown
        return story(start(given as PostHogConfig))
      },
      [config as Record<string, string>, String(run)] as const,
    )
