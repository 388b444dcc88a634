/** What a page knows of browser, system, device and screen, under posthog-js's names. */

import type { Properties } from '../../core/event/event'
import { only } from './arrival'
import { browserOf } from './browser'
import { deviceOf, systemOf } from './device'
import { tried } from './tried'

/** The most characters of a user agent that go with an event, as in posthog-js. */
const MAX_USER_AGENT = 1_000

/** A tablet's shorter side has this many density-independent pixels at least, by Android's own measure (sw600dp). */
const TABLET_DP = 600

/** The first version of the platform that is Windows 11. */
const WINDOWS_11 = 13

/** What Chromium tells of itself beside the user agent. TypeScript does not know it yet. */
export interface UserAgentData {
  platform?: string
  getHighEntropyValues?(names: string[]): Promise<{ platform?: string; platformVersion?: string }>
}

/** The parts of the page that are read here. */
export interface Surroundings {
  navigator: Pick<Navigator, 'userAgent' | 'language' | 'maxTouchPoints' | 'vendor'> & {
    userAgentData?: UserAgentData
    brave?: unknown
  }
  screen: { width: number; height: number }
  devicePixelRatio: number
  innerWidth: number
  innerHeight: number
  location: Pick<Location, 'href' | 'host' | 'pathname'>
}

export function ofBrowser(page: Surroundings): Properties {
  const userAgent = tried(() => page.navigator.userAgent.trim(), '')
  const vendor = tried(() => page.navigator.vendor.trim(), '')
  /** Whether the screen takes so many fingers at once. */
  const takes = (touches: number) => tried(() => page.navigator.maxTouchPoints >= touches)
  const [browser, browserVersion] = browserOf(userAgent, vendor, Boolean(tried(() => page.navigator.brave)))
  let [system, version] = systemOf(userAgent)
  let [device, type] = deviceOf(userAgent)
  // Chrome on an Android tablet asks for desktop sites under the user agent of Linux; the hint says what it runs on.
  if (type === 'Desktop' && tried(() => page.navigator.userAgentData?.platform) === 'Android' && takes(1)) {
    const shorter = () => Math.min(page.screen.width, page.screen.height) / page.devicePixelRatio
    type = tried(() => shorter() >= TABLET_DP) ? 'Tablet' : 'Mobile'
  }
  // iPadOS has Safari's user agent of a Mac, and no Mac has a touch screen.
  if (/Macintosh/.test(userAgent) && /Apple/.test(vendor) && takes(2)) {
    ;[system, version, device, type] = ['iOS', '', 'iPad', 'Tablet']
  }
  return {
    ...only({
      $os: system,
      $os_version: version,
      $browser: browser,
      $device: device,
      $device_type: type,
      $timezone: tried(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
    }),
    $raw_user_agent: userAgent.slice(0, MAX_USER_AGENT),
    $browser_version: browserVersion,
  }
}

/** What may change while the page is open. */
export const ofMoment = (page: Surroundings, now: Date): Properties => ({
  $timezone_offset: now.getTimezoneOffset(),
  $browser_language: tried(() => page.navigator.language),
  $browser_language_prefix: tried(() => page.navigator.language.split('-')[0]),
  $screen_height: tried(() => page.screen.height),
  $screen_width: tried(() => page.screen.width),
  $viewport_height: tried(() => page.innerHeight),
  $viewport_width: tried(() => page.innerWidth),
})

/**
 * The version of the system where the user agent no longer has it: browsers froze it at Windows 10, macOS 10.15.7,
 * Android 10.
 */
export async function hintedVersion({ navigator }: Surroundings): Promise<string | undefined> {
  const { platform, platformVersion = '' } =
    (await navigator.userAgentData?.getHighEntropyValues?.(['platformVersion'])) ?? {}
  const [system] = systemOf(navigator.userAgent)
  const major = Number.parseInt(platformVersion, 10)
  // The hint has to be of the system that the user agent names: a page may be shown under another user agent.
  if (!(major > 0) || system !== platform?.replace('macOS', 'Mac OS X')) return undefined
  // https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11: 13 and above is Windows 11, 1 to 10 is
  // 10.
  if (system === 'Windows') return major >= WINDOWS_11 ? '11' : '10'
  return /Mac|Android/.test(system) ? [...platformVersion.split('.'), 0, 0].slice(0, 3).join('.') : undefined
}
