/**
 * What PostHog's web analytics works by, on every event.
 *
 * @packageDocumentation
 */

export {
  type WebContext,
  type WebContextClient,
  type WebContextOptions,
  webContext,
} from './plugins/web-context/web-context'
