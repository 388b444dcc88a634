/** The words of `data-pageviews`. */

import type { PageviewsOptions } from '../../pageviews'

/** Words that are no part of the address. */
const OTHERS = new Set(['', 'true', 'path', 'load', 'no-leave'])

/**
 * `search` and `hash` count what is in these parts of the address too, `load` counts no navigation within the page, and
 * `no-leave` captures no `$pageleave`. Of another word `pageviews` warns.
 */
export function optionsOf(text: string): Pick<PageviewsOptions, 'navigation' | 'pageLeave'> {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  const parts = words.filter((word) => !OTHERS.has(word)) as NonNullable<PageviewsOptions['navigation']>
  return { navigation: words.includes('load') ? [] : ['pathname', ...parts], pageLeave: !words.includes('no-leave') }
}
