/**
 * Events that outlast the tab. See the README for a first use.
 *
 * @packageDocumentation
 */

import { queueKey } from './core/config/queue-config'
import { createPageClient, readPageOptions } from './page/first/page-client'
import type { Outlast, OutlastOptions } from './page/types'

/** The clients that are not closing, by the name of their queue. */
const clients = new Map<string, Outlast>()

/** The options for server rendering, where the client does nothing and gives no warning. */
const SILENT: OutlastOptions = { logger: { warn: () => undefined } }

/**
 * The client of a project in this page; the same one however often it is asked for, until its `shutdown`. Usable at
 * once.
 *
 * @param apiKey the project's token. Blank: a client that does nothing.
 */
export function init(apiKey: string, options: OutlastOptions = {}): Outlast {
  // Server rendering runs page code too. Its events did not happen in a browser; `outlast/node` is for servers.
  if (typeof window === 'undefined') return createPageClient(readPageOptions('', SILENT), SILENT, () => undefined)
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
  FlagValue,
  Flushed,
  Logger,
  OutlastEvents,
  Properties,
  Ready,
  ShutdownResult,
  Stats,
} from './client/types'
export type { DropReason, Report } from './core/base/reports'
export type { TransportSettings } from './core/config/settings'
export type { OutlastEvent } from './core/event/event'
export type { Outlast, OutlastOptions } from './page/types'
