/** What a page knows of browser, system, device and screen, under posthog-js's names. */

import type { Properties } from '../../core/event/event'
import { only } from './arrival'
import { browserOf } from './browser'
import { deviceOf, systemOf } from './device'

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

export function ofBrowser({ navigator, screen, devicePixelRatio }: Surroundings): Properties {
  const { userAgent, vendor, maxTouchPoints, userAgentData } = navigator
  const [browser, browserVersion] = browserOf(userAgent, vendor, Boolean(navigator.brave))
  let [system, version] = systemOf(userAgent)
  let [device, type] = deviceOf(userAgent)
  // Chrome on an Android tablet asks for desktop sites under the user agent of Linux; the hint says what it runs on.
  if (type === 'Desktop' && userAgentData?.platform === 'Android' && maxTouchPoints > 0) {
    type = Math.min(screen.width, screen.height) / devicePixelRatio >= TABLET_DP ? 'Tablet' : 'Mobile'
  }
  // iPadOS has Safari's user agent of a Mac, and no Mac has a touch screen.
  if (/Macintosh/.test(userAgent) && /Apple/.test(vendor) && maxTouchPoints > 1) {
    ;[system, version, device, type] = ['iOS', '', 'iPad', 'Tablet']
  }
  return {
    ...only(
      {
        $os: system,
        $os_version: version,
        $browser: browser,
        $device: device,
        $device_type: type,
        $timezone: timezone(),
      },
      Boolean,
    ),
    $raw_user_agent: userAgent.slice(0, MAX_USER_AGENT),
    $browser_version: browserVersion,
  }
}

/** What may change while the page is open. */
export function ofMoment({ navigator, screen, innerWidth, innerHeight }: Surroundings, now: Date): Properties {
  const { language } = navigator
  return {
    $timezone_offset: now.getTimezoneOffset(),
    $browser_language: language,
    $browser_language_prefix: language?.split('-')[0],
    $screen_height: screen.height,
    $screen_width: screen.width,
    $viewport_height: innerHeight,
    $viewport_width: innerWidth,
  }
}

/** The version of the system where the user agent no longer has it: browsers froze it at Windows 10, macOS 10.15.7, Android 10. */
export async function hintedVersion({ navigator }: Surroundings): Promise<string | undefined> {
  const hints = await navigator.userAgentData?.getHighEntropyValues?.(['platformVersion'])
  const [major = 0, minor = 0, patch = 0] = String(hints?.platformVersion).split('.').map(Number)
  const [system] = systemOf(navigator.userAgent)
  // What the hint is of has to be what the user agent says: a page may be shown under another one's.
  if (!(major > 0) || system !== hints?.platform?.replace('macOS', 'Mac OS X')) return undefined
  // https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11: 13 and above is Windows 11, 1 to 10 is 10.
  if (system === 'Windows') return major >= WINDOWS_11 ? '11' : '10'
  return /Mac|Android/.test(system) ? [major, minor, patch].join('.') : undefined
}

function timezone(): string | undefined {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone
  } catch {
    // The system's time zone may be one that the browser does not know.
    return undefined
  }
}
