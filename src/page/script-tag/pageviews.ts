/** Page views of a page with the script tag: the first one may be captured already. */

import { pageviews } from '../../pageviews'
import { adopt } from '../../plugins/pageviews/shared'
import type { Outlast } from '../types'
import { addMethods } from './add-methods'
import { optionsOf } from './pageview-words'

/**
 * Goes on from the page view that the script tag has captured, if it has: of a page that is hidden, or may be a bot's, it
 * has not. Gives the client `capturePageview`.
 *
 * @param text of `data-pageviews`
 * @param bots as in `isBot`
 * @param begun the id of the page view, and its address
 */
export function startPageviews(
  client: Outlast,
  text: string,
  bots: boolean | readonly string[],
  begun?: readonly [id: string, href: string],
): void {
  if (begun) adopt(client, ...begun)
  const { capturePageview } = pageviews(client, { ...optionsOf(text), bots })
  addMethods(client, { capturePageview })
}
