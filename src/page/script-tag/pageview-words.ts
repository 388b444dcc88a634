/** The words of `data-pageviews`. */

import type { PageviewsOptions } from '../../pageviews'
import { knownWords } from './known-words'

const WORDS = ['path', 'search', 'hash', 'load', 'no-leave']

/**
 * `search` and `hash` count what is in these parts of the address too, `load` counts no navigation within the page, and
 * `no-leave` captures no `$pageleave`.
 */
export function optionsOf(text: string): Required<Pick<PageviewsOptions, 'navigation' | 'pageLeave'>> {
  const words = knownWords('data-pageviews', text.split(','), WORDS)
  const parts = (['search', 'hash'] as const).filter((part) => words.includes(part))
  return { navigation: words.includes('load') ? [] : ['pathname', ...parts], pageLeave: !words.includes('no-leave') }
}
