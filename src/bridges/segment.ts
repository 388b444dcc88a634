/**
 * Segment's events over a relay.
 *
 * @packageDocumentation
 */

import { type BridgeOptions, setUp, type ToRelay, toRelay } from './to-relay'

export type { BridgeOptions } from './to-relay'

/** The types of Segment's events, which name the methods of its destinations. */
const TYPES = ['track', 'identify', 'page', 'group', 'alias', 'screen'] as const

type Type = (typeof TYPES)[number]

/** A Segment event, and what Segment knows of its delivery. */
export interface SegmentContext {
  /** The event, whose `type` names the method of Segment's that made it. */
  event: { type: Type } & Record<string, unknown>
  /** Notes that the event is given up, and why. */
  setFailedDelivery(options: { reason: unknown }): void
}

type Send = (context: SegmentContext) => Promise<SegmentContext>

/** Segment's own destination. */
interface Destination extends Partial<Record<Type, Send>> {
  name: string
  metadata?: { writeKey?: string; apiHost?: string; protocol?: string }
}

/** The parts of Segment's client that are used here. */
export interface SegmentAnalytics {
  /** The plugins by name, Segment's own destination among them, and the names of those that could not begin. */
  queue: { plugins: { name: string }[]; failedInitializations?: string[] }
  /** The settings of the source. */
  settings: object
  /** What the site said where it loaded Segment. */
  options?: object
  /** Gives the person, by id and anonymous id. */
  user(): { id(): unknown; anonymousId(): unknown }
}

/** A plugin of Segment's, for `plugins` of `AnalyticsBrowser.load`. */
export interface SegmentPlugin {
  /** By which Segment knows the plugin: `'outlast relay'`. */
  name: string
  /** The kind of plugin, which Segment loads before its destinations. */
  type: 'utility'
  /** The version of the plugin, for Segment. */
  version: string
  /** Whether Segment may go on: always. */
  isLoaded(): boolean
  /**
   * Segment calls it once, with its client. Where that has no destination of Segment's own, a warning says so and
   * nothing changes.
   */
  load(context: unknown, analytics: unknown): Promise<void>
}

/**
 * Segment's fields that name the destinations to which the page itself sends. `_metadata` tells the server not to send
 * to these as well.
 */
interface Integration {
  bundlingStatus?: string
  unbundledIntegrations?: string[]
  maybeBundledConfigIds?: Record<string, string[]>
  addBundledMetadata?: boolean
  deliveryStrategy?: { config?: Delivery }
}

/** How Segment's own destination sends. */
interface Delivery {
  headers?: Record<string, string> | (() => Record<string, string>)
  credentials?: RequestCredentials
}

/**
 * A plugin that has Segment's own destination hand its events to a relay, offline too. They are on disk a moment after
 * the call, and count as sent then. What the relay has no place for is sent by Segment itself. Each event is a request,
 * also where the site has Segment batch them.
 *
 * The time of sending is the time of the call: Segment counts from it, and not from the arrival.
 *
 * @example
 * AnalyticsBrowser.load({ writeKey, plugins: [segmentPlugin()] })
 */
export function segmentPlugin(options: BridgeOptions = {}): SegmentPlugin {
  return {
    name: 'outlast relay',
    type: 'utility',
    version: '1.0.0',
    isLoaded: () => true,
    async load(_context, given) {
      const analytics = given as SegmentAnalytics
      const destination = analytics.queue.plugins.find(({ name }) => name === 'Segment.io') as Destination | undefined
      if (!destination?.metadata) {
        console.warn(
          '[outlast] relay/segment: this client has no Segment.io destination of a known form, so it is left alone',
        )
        return
      }
      const { writeKey, apiHost = 'api.segment.io/v1', protocol = 'https' } = destination.metadata
      const endpoint = /^https?:/.test(apiHost) ? apiHost : `${protocol}://${apiHost}`
      const delivery = deliveryOf(analytics)
      const names = Object.keys(headersOf(delivery))
      const give = toRelay('segment', setUp('segment', options, [new URL(endpoint).origin], names))
      for (const type of TYPES) {
        const own = destination[type]?.bind(destination)
        if (own) destination[type] = sending(own, give, analytics, { endpoint, writeKey, delivery })
      }
    },
  }
}

function sending(
  own: Send,
  give: ToRelay,
  analytics: SegmentAnalytics,
  { endpoint, writeKey, delivery }: { endpoint: string; writeKey: string | undefined; delivery: Delivery },
): Send {
  return async (context) => {
    const { credentials = 'same-origin' } = delivery
    const body = JSON.stringify(bodyOf(context.event, analytics, writeKey))
    const init: RequestInit = { method: 'POST', headers: headersOf(delivery), credentials, body }
    const answer = await give(`${endpoint}/${context.event.type[0]}`, init)
    if (!answer) return own(context)
    if (!answer.ok) context.setFailedDelivery({ reason: new Error(answer.statusText) })
    return context
  }
}

/** The content type is plain text, which needs no preflight. */
const headersOf = ({ headers }: Delivery): Record<string, string> => ({
  'Content-Type': 'text/plain',
  ...(typeof headers === 'function' ? headers() : headers),
})

/** What the site says of how to send: where it loads Segment, and before that in the settings of its source. */
function deliveryOf({ settings, options }: SegmentAnalytics): Delivery {
  const { integrations } = (options ?? {}) as { integrations?: Record<string, Integration> }
  const whole = { ...integrationsOf(settings)['Segment.io'], ...integrations?.['Segment.io'] }
  return whole.deliveryStrategy?.config ?? {}
}

/**
 * An event as Segment's own destination sends it:
 * https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/.
 */
function bodyOf(event: SegmentContext['event'], analytics: SegmentAnalytics, writeKey: string | undefined): object {
  const { options: _options, traits, from, to, ...common } = event
  const { id, anonymousId } = idsOf(analytics)
  const isAlias = event.type === 'alias'
  const failed = analytics.queue.failedInitializations ?? []
  return {
    ...common,
    ...(event.type === 'track' ? {} : { traits }),
    ...(isAlias ? { previousId: event.previousId ?? from ?? id ?? anonymousId } : {}),
    writeKey,
    userId: event.userId ?? (isAlias ? to : undefined) ?? id,
    anonymousId: event.anonymousId ?? anonymousId,
    sentAt: new Date(),
    _metadata: { ...(failed.length > 0 ? { failedInitializations: failed } : {}), ...bundledOf(analytics.settings) },
  }
}

function idsOf(analytics: SegmentAnalytics) {
  const user = analytics.user()
  return { id: user.id(), anonymousId: user.anonymousId() }
}

/** The destinations to which the page itself sends, and the server therefore does not. */
function bundledOf(settings: object): object {
  const integrations = integrationsOf(settings)
  const own = integrations['Segment.io'] ?? {}
  if (own.addBundledMetadata === false) return {}
  const having = (status: string) =>
    Object.keys(integrations).filter((name) => integrations[name]?.bundlingStatus === status)
  const bundled = [...having('bundled'), ...(integrations['Segment.io'] ? ['Segment.io'] : [])].sort()
  const unbundled = [...new Set([...having('unbundled'), ...(own.unbundledIntegrations ?? [])])].sort()
  return { bundled, unbundled, bundledIds: bundled.flatMap((name) => own.maybeBundledConfigIds?.[name] ?? []) }
}

const integrationsOf = (settings: object): Record<string, Integration> =>
  (settings as { cdnSettings?: { integrations?: Record<string, Integration> } }).cdnSettings?.integrations ?? {}
