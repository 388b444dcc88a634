/** The public types of `outlast`. */

import type { Dropped, Stats } from '../core/base/accounting'
import type { Flushed } from '../core/delivery/flush'
import type { BeforeSend } from '../core/event/before-send'
import type { CaptureMode, Properties, PropertyBag } from '../core/event/event'
import type { OutlastEvents, Ready } from './event-types'
import type { FlagOptions, FlagResult } from './flag-types'
import type { FlagValue } from './flags/flag-answer'
import type { CommonOptions, Logger, Mask } from './option-types'

/** Options of one event. An unusable `timestamp` or `uuid` becomes the default, with a warning. */
export interface CaptureOptions {
  /**
   * When the event happened: a `Date` or an ISO 8601 string, which goes out in UTC. Default now, by the option `clock`.
   *
   * @example
   * outlast.capture('opened', {}, { timestamp: '2026-01-31T12:00:00+01:00' })
   */
  timestamp?: Date | string | undefined
  /**
   * The event's id, a UUID in any case, by which the server recognises duplicates. Default a new UUIDv7.
   *
   * @example
   * outlast.capture('paid', { total: 42 }, { uuid: order.uuid })
   */
  uuid?: string | undefined
  /**
   * The person whose event it is, for this event alone: a non-empty string, or else the event is dropped as `invalid`.
   * A number is taken as its text. What is no one's id, such as `'undefined'`, `'null'` or `'system'`, goes out without
   * a person profile, with a warning. Default the person of the page; in Node a random id, without person processing.
   *
   * @example
   * client.capture('invoice paid', { total: 42 }, { distinctId: 'user-42' })
   */
  distinctId?: string | undefined
  /**
   * Group type to group key, sent as `$groups`, for this event alone. They come on top of the person's groups. Default
   * none, also (without a warning) for what is no object.
   *
   * @example
   * outlast.capture('paid', { total: 42 }, { groups: { company: 'acme' } })
   */
  groups?: Record<string, string> | undefined
}

/** An event of `captureBatch` or `enqueue`. */
export interface BatchEvent extends CaptureOptions {
  /**
   * The event's name, a non-empty string, or else the event is dropped as `invalid`.
   *
   * @example
   * outlast.captureBatch([{ event: 'opened' }, { event: 'closed' }])
   */
  event: string
  /**
   * The event's properties, as `capture` takes them. Default none, also (with a warning) for what is no object.
   *
   * @example
   * outlast.captureBatch([{ event: 'paid', properties: { total: 42 } }])
   */
  properties?: PropertyBag | undefined
}

/** What became of the events that were pending when `shutdown` was called. */
export interface ShutdownResult {
  /** Events that the server has confirmed. */
  delivered: number
  /** Events that stay in the durable queue, for the worker or the next visit. */
  kept: number
  /** Events that were given up. */
  dropped: number
}

/** The methods that the client of every runtime has. None of them throws or rejects. */
export interface CommonClient {
  /**
   * Captures an event. Returns at once: nothing waits for storage or network. An event that cannot be taken is dropped
   * with a reason, which `on('drop')` gives: `invalid`, `before_send`, `too_large`, `queue_full` or `shutdown`. While
   * the person is opted out, nothing is captured.
   *
   * @param event the event's name, a non-empty string
   * @param properties the event's properties. What JSON has no form for gets one (a BigInt its digits, a cycle
   * `[Circular]`), and what throws when it is read is left out, with a warning.
   * @example
   * outlast.capture('checkout', { total: 42 }, { timestamp: new Date(), groups: { company: 'acme' } })
   */
  capture(event: string, properties?: PropertyBag, options?: CaptureOptions): void
  /**
   * Captures several events, each as `capture` does. If the queue becomes full, the first ones are kept and the others
   * dropped. `historicalMigration` sends them on the historical lane; default `false`.
   *
   * @example
   * outlast.captureBatch([{ event: 'opened', timestamp: '2020-01-31T12:00:00Z' }], { historicalMigration: true })
   */
  captureBatch(events: BatchEvent[], options?: { historicalMigration?: boolean | undefined }): void
  /**
   * Captures an event that was assembled elsewhere: no properties are added to it. Without a `distinctId` it is dropped
   * as `invalid`. It passes `beforeSend`.
   *
   * @example
   * outlast.enqueue({ event: 'signup', distinctId: 'user-42', uuid, timestamp, properties })
   */
  enqueue(event: BatchEvent & { distinctId: string }): void
  /**
   * Captures an event of PostHog's AI products, as `capture` does. It goes to an endpoint of its own.
   *
   * @example
   * outlast.captureAi('$ai_generation', { $ai_model: 'gpt', $ai_input_tokens: 12 })
   */
  captureAi(event: string, properties?: PropertyBag, options?: CaptureOptions): void
  /**
   * Gives a flag's value: its variant, or whether it is on; `undefined` where it is not known, because there is no such
   * flag, the request failed, the person is opted out or the client is shut down. Captures `$feature_flag_called` once
   * for each value.
   *
   * @example
   * if ((await outlast.getFeatureFlag('new-checkout')) === 'variant-b') showVariantB()
   */
  getFeatureFlag(key: string, options?: FlagOptions): Promise<FlagValue | undefined>
  /**
   * Whether a flag is on, in any variant; where that is not known, as for `getFeatureFlag`, `defaultValue`, which is
   * `undefined` by default. Captures `$feature_flag_called` as `getFeatureFlag` does.
   *
   * @example
   * if (await outlast.isFeatureEnabled('new-checkout', { defaultValue: false })) showNewCheckout()
   */
  isFeatureEnabled(key: string, options: FlagOptions & { defaultValue: boolean }): Promise<boolean>
  /**
   * Whether a flag is on, in any variant; `undefined` where that is not known and there is no `defaultValue`. Captures
   * `$feature_flag_called` as `getFeatureFlag` does.
   *
   * @example
   * if (await outlast.isFeatureEnabled('new-checkout')) showNewCheckout()
   */
  isFeatureEnabled(
    key: string,
    options?: FlagOptions & { defaultValue?: boolean | undefined },
  ): Promise<boolean | undefined>
  /**
   * Gives value and payload of a flag at once; `undefined` where `getFeatureFlag` gives that. Captures
   * `$feature_flag_called` as `getFeatureFlag` does.
   *
   * @example
   * const { enabled, variant, payload } = (await outlast.getFeatureFlagResult('new-checkout')) ?? {}
   */
  getFeatureFlagResult(key: string, options?: FlagOptions): Promise<FlagResult | undefined>
  /**
   * Gives the parsed payload of a flag's value; `undefined` where it has none, or the flag is not known. Captures no
   * `$feature_flag_called`.
   *
   * @example
   * const settings = await outlast.getFeatureFlagPayload('new-checkout')
   */
  getFeatureFlagPayload(key: string, options?: FlagOptions): Promise<unknown>
  /**
   * Gives the values of all flags by name; `{}` where they are not known. Captures no `$feature_flag_called`.
   *
   * @example
   * const flags = await outlast.getFeatureFlags() // { 'new-checkout': 'variant-b', beta: false }
   */
  getFeatureFlags(options?: FlagOptions): Promise<Record<string, FlagValue>>
  /**
   * As `getFeatureFlags`, with the parsed payloads of those flags that have one.
   *
   * @example
   * const { flags, payloads } = await outlast.getFeatureFlagsAndPayloads()
   */
  getFeatureFlagsAndPayloads(
    options?: FlagOptions,
  ): Promise<{ flags: Record<string, FlagValue>; payloads: Record<string, unknown> }>
  /**
   * Asks the server for the flags again, at once. After a failure the known values stay, with a warning. More than 10
   * calls in 10 s do nothing, with a warning.
   *
   * @example
   * await outlast.reloadFeatureFlags()
   */
  reloadFeatureFlags(): Promise<void>
  /**
   * Calls the listener with the known flags, if there are any, whenever flags have been loaded, and with none once
   * nothing is known of a new person, after a `reset`, say, or once the server has given none. Returns a function that
   * removes the listener. In a page, adding a listener has the server asked for flags, as the first question about a
   * flag does.
   *
   * @example
   * const off = outlast.onFeatureFlags((flags) => render(flags['new-checkout']))
   */
  onFeatureFlags(listener: (flags: Record<string, FlagValue>) => void): () => void
  /**
   * Makes one attempt to deliver each event that is pending now, from every page of the queue. Resolves once each
   * of them had its attempt, or once the server cannot be reached; after `shutdown`, at once.
   *
   * @example
   * const { delivered, pending, dropped } = await outlast.flush()
   */
  flush(): Promise<Flushed>
  /**
   * Gives the number of events, of all pages of the queue, that are neither delivered nor dropped yet.
   *
   * @example
   * if ((await outlast.pending()) > 0) showUnsentMark()
   */
  pending(): Promise<number>
  /**
   * Gives the queue's counts of events, of all its pages. In a durable queue they survive restarts.
   *
   * @example
   * const { accepted, delivered, pending, dropped } = await outlast.stats()
   */
  stats(): Promise<Stats>
  /**
   * Closes the client, with one more attempt for all that is pending, of at most `timeout`. Events that are captured
   * later are dropped as `shutdown`. All calls get the result of the first one.
   *
   * @param timeout in ms, 0 to one day. Default the option `shutdownTimeout`, also (with a warning) for an unusable
   * value.
   * @example
   * const { delivered, kept, dropped } = await outlast.shutdown(5_000)
   */
  shutdown(timeout?: number): Promise<ShutdownResult>
  /**
   * Listens to what happens to the queue's events, of all its pages. Returns a function that removes the listener. A
   * listener that throws is warned of.
   *
   * @example
   * const off = outlast.on('drop', ({ reason, uuids, detail }) => console.warn(reason, uuids, detail))
   */
  on<Name extends keyof OutlastEvents>(name: Name, listener: (detail: OutlastEvents[Name]) => void): () => void
  /**
   * Resolves once the queue has a host, or with `memory` once it is clear that there can be none for now.
   *
   * @example
   * const { host, storage } = await outlast.ready // { host: 'worker', storage: 'indexeddb' }
   */
  readonly ready: Promise<Ready>
}

export type {
  BeforeSend,
  CaptureMode,
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
  Stats,
}
