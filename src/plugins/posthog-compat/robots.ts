/** Whether a robot looks at the page. posthog-js captures nothing of robots, unless it is told to. */

import { stringsOf } from './self'
import type { PostHogConfig } from './types'

/** How robots name themselves in their user agent. `Cubot` is a maker of phones. */
const ROBOT =
  /\bbot\b|(?<!cu)bot([/;),@+.-]|$)|crawl|spider|slurp|headless|lighthouse|pagespeed|prerender|facebookexternal|whatsapp\/|embedly|archiver|monitor|pingdom|phantomjs|cypress\/|python-requests|curl\/|wget\//i

export function isRobot({ custom_blocked_useragents: more, opt_out_useragent_filter: off }: PostHogConfig): boolean {
  if (off || typeof navigator === 'undefined') return false
  const agent = String(navigator.userAgent ?? '')
  if (navigator.webdriver || ROBOT.test(agent)) return true
  return stringsOf(more).some((text) => agent.toLowerCase().includes(text.toLowerCase()))
}
