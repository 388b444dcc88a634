/**
 * Page views as events: `$pageview` and `$pageleave`.
 *
 * @packageDocumentation
 */

export { type Pageviews, type PageviewsOptions, pageviews } from './plugins/pageviews/pageviews'
export type { AddressPart } from './plugins/pageviews/place'
export type { PageviewClient } from './plugins/pageviews/tracker'
