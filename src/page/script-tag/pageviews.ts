/** Page views of a page with the script tag. The first one may be captured already: `pageviews` goes on from it. */

import { pageviews } from '../../pageviews'
import type { Outlast } from '../types'
import { addMethods } from './add-methods'
import { optionsOf } from './pageview-words'

/**
 * Gives the client `capturePageview`.
 *
 * @param text of `data-pageviews`
 * @param bots as in `isBot`
 */
export function startPageviews(client: Outlast, text: string, bots: boolean | readonly string[]): void {
  const { capturePageview } = pageviews(client, { ...optionsOf(text), bots })
  addMethods(client, { capturePageview })
}
