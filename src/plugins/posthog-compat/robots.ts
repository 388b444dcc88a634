/** Whether a robot looks at the page. posthog-js captures nothing of robots, unless it is told to. */

import { isBot } from '../is-bot'
import { stringsOf } from './self'
import type { PostHogConfig } from './types'

export const isRobot = ({ custom_blocked_useragents: more, opt_out_useragent_filter: off }: PostHogConfig): boolean =>
  typeof navigator !== 'undefined' && isBot(off ? true : stringsOf(more))
