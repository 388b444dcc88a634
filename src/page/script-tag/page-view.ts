/** The page view that the script tag captures by itself, where it is not clear at once that a person sees the page. */

import { isBot } from '../../plugins/is-bot'
import { onceSeen } from '../../plugins/once-seen'
import type { Outlast } from '../types'

/**
 * Captures `$pageview`, unless a bot looks at the page. One that is prerendered or was opened in the background counts when
 * it is shown, with that time, and never if nobody ever sees it.
 *
 * @param bots as in `isBot`
 */
export function countPageView({ capture }: Pick<Outlast, 'capture'>, bots: boolean | readonly string[]): void {
  if (isBot(bots)) return
  onceSeen()(() => capture('$pageview'))
}
