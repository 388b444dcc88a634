/**
 * Events that outlast the tab: `init` gives a client, whose events survive a closed tab.
 *
 * @packageDocumentation
 */

import { queueKey } from './core/config/queue-config'
import { createPageClient, readPageOptions } from './page/first/page-client'
import type { Outlast, OutlastOptions } from './page/types'

/** The clients that are not closing, by the name of their queue. */
const clients = new Map<string, Outlast>()

/**
 * Gives the client of a project in this page, usable at once. Calls with the same API key and host give the same client
 * until its `shutdown`. Never throws: an unusable option becomes its default, with a warning.
 *
 * @param apiKey the project's token. Where it is blank or no token, the client does nothing, with a warning.
 * @example
 * const outlast = init('phc_your_project_key', { host: 'https://eu.i.posthog.com' })
 * outlast.capture('checkout', { total: 42 })
 */
export function init(apiKey: string, options: OutlastOptions = {}): Outlast {
  // Server rendering runs page code too. Its events did not happen in a browser; `outlast/node` is for servers.
  if (typeof window === 'undefined') return createPageClient(readPageOptions(), undefined, () => undefined)
  const config = readPageOptions(apiKey, options)
  const name = queueKey(config)
  // A client that is closing takes no events any more, and leaves the map: `init` then makes a new one beside it.
  const client = clients.get(name) ?? createPageClient(config, options, () => clients.delete(name))
  clients.set(name, client)
  return client
}

export type { Identity } from './client/first/identity'
export type { PersonClient } from './client/person-client'
export type {
  BatchEvent,
  BeforeSend,
  CaptureMode,
  CaptureOptions,
  CommonClient,
  CommonOptions,
  Dropped,
  FlagOptions,
  FlagResult,
  FlagValue,
  Flushed,
  Logger,
  OutlastEvents,
  Properties,
  PropertyBag,
  Ready,
  ShutdownResult,
  Stats,
} from './client/types'
export type { DropReason, Report as QueueReport } from './core/base/reports'
export type { TransportSettings } from './core/config/settings'
export type { OutlastEvent } from './core/event/event'
export type { Outlast, OutlastOptions } from './page/types'
