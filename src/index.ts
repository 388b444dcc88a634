/**
 * Events that outlast the tab: `init` gives a client, whose events survive a closed tab.
 *
 * @packageDocumentation
 */

import { SDK_VERSION } from './core/base/version'
import { queueKey } from './core/config/queue-config'
import type { BeforeSend } from './core/event/before-send'
import { createPageClient, readPageOptions } from './page/first/page-client'
import type { Outlast, OutlastOptions } from './page/types'

/**
 * Gives a later `init` the client that its queue has already, and adds that `init`'s hooks to the client. A copy of
 * this file of another version may call this function too: so everything is passed by position, and by no name of a
 * property.
 */
type Later = (
  hooks: Iterable<BeforeSend>,
  ...said: [options: OutlastOptions, caller: unknown, version: string]
) => Outlast

/**
 * Gives the client of a project in this page, usable at once. Calls with the same API key and host give the same client
 * until its `shutdown`, also where the page has loaded the library twice. A `beforeSend` of a later call is added to
 * the client's hooks, unless it is one of them; other options of a later call are ignored, with a warning that names
 * them. Never throws: an unusable option becomes its default, with a warning.
 *
 * @param apiKey the project's token. Where it is blank or no token, the client does nothing, with a warning.
 * @example
 * const outlast = init('phc_your_project_key', { host: 'https://eu.i.posthog.com' })
 * outlast.capture('checkout', { total: 42 })
 */
export function init(apiKey: string, options: OutlastOptions = {}): Outlast {
  // Server rendering runs page code too. Its events did not happen in a browser; `outlast/node` is for servers. A
  // worker of a browser, which has a database, is warned.
  if (typeof window === 'undefined')
    return createPageClient({ ...readPageOptions(), halted: 'needs a page' }, globalThis.indexedDB && options)
  const config = readPageOptions(apiKey, options)
  const name = queueKey(config)
  /** The clients that are not closing, by the name of their queue; those of every copy of this file in the page. */
  // biome-ignore lint/suspicious/noAssignInExpressions: two statements cost bytes of the first load.
  const clients = ((globalThis as Record<symbol, unknown>)[Symbol.for('outlast')] ??= {}) as Record<string, Later>
  const later = clients[name]
  if (later) return later(config.hooks, options, init, SDK_VERSION)
  // A client that is closing takes no events any more, and leaves the map: `init` then makes a new one beside it.
  const client = createPageClient(config, options, () => delete clients[name])
  clients[name] = (more, ...said) => {
    // Fails closed: what one part of the page keeps back is kept back for all parts of the page from now on.
    for (const hook of more) config.hooks.add(hook)
    config.logs.warnOf('repeated', options, init, ...said)
    return client
  }
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
  Mask,
  OutlastEvents,
  Properties,
  PropertyBag,
  Ready,
  ShutdownResult,
  Stats,
} from './client/types'
export type { Millis } from './core/base/ports'
export type { DropReason, Report as QueueReport } from './core/base/reports'
export type { HeadersSource } from './core/config/ask-headers'
export type { TransportSettings } from './core/config/settings'
export type { OutlastEvent } from './core/event/event'
export type { Outlast, OutlastOptions } from './page/types'
