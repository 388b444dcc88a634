/** The public types of a page's client. */

import type { PersonClient } from '../client/person-client'
import type { CommonOptions, FlagValue } from '../client/types'

/**
 * Options of `init` in a page. An unusable value becomes the default, with a warning, unless the option says otherwise.
 */
export interface OutlastOptions extends CommonOptions {
  /**
   * `'posthog-js'` is for a site that has replaced posthog-js. On the first visit, the person whom posthog-js has left
   * in localStorage or in its cookie is taken over: distinct id, device id, super properties, groups and session. So is
   * an opt-out, unless the person has chosen again since. A person whom outlast knows stays. What is captured before
   * that waits in this page's memory, until the late code has loaded. Default none, also (with a warning) for any other
   * value: the visitor is a new person.
   *
   * @example
   * init('phc_key', { adopt: 'posthog-js' })
   */
  adopt?: 'posthog-js' | undefined
  /**
   * What the site's server knows when it makes the page: who the person is, the session and the feature flags. A name
   * that is no part of it is told once. Default none.
   *
   * @example
   * init('phc_key', { bootstrap: { distinctId: 'user-42', isIdentifiedId: true, featureFlags: { beta: true } } })
   */
  bootstrap?:
    | {
        /**
         * The anonymous id of a person who is seen for the first time; with `isIdentifiedId: true` the distinct id of a
         * known person. It is not used after a `reset`, nor where an earlier page or another tab already knows the
         * person. Default a new UUIDv7, also (with a warning) for what is no one's id.
         *
         * @example
         * init('phc_key', { bootstrap: { distinctId: visitorId } })
         */
        distinctId?: string | undefined
        /**
         * Whether `distinctId` is that of a known person. Someone who was anonymous here so far becomes this person, as
         * by `identify`, and another known person stays, with a warning. Default `false`, also (with a warning) for
         * what is no boolean.
         *
         * @example
         * init('phc_key', { bootstrap: { distinctId: 'user-42', isIdentifiedId: true } })
         */
        isIdentifiedId?: boolean | undefined
        /**
         * A session, as its UUIDv7, that the person has had on another domain or device and that goes on here, for as
         * long as it would there: the id says when it began. Default a session of its own, also (with a warning) for
         * what is no UUIDv7.
         *
         * @example
         * const sessionId = new URL(location.href).searchParams.get('session') ?? undefined
         * init('phc_key', { bootstrap: { sessionId } })
         */
        sessionId?: string | undefined
        /**
         * The flags of the person of `distinctId`, or without a `distinctId` of the one whom the page begins with, in
         * the groups of then, as the site's server evaluated them. They answer until PostHog's server does, which is
         * asked 3 s after the first question. Flags that are off need not be in it, and a question about a flag that is
         * not asks at once. Default none.
         *
         * @example
         * init('phc_key', { bootstrap: { featureFlags: { 'new-checkout': 'variant-b' } } })
         */
        featureFlags?: Record<string, FlagValue> | undefined
        /**
         * The payloads of those flags, by the flags' keys. Default none.
         *
         * @example
         * const featureFlagPayloads = { banner: { text: 'Hi' } }
         * init('phc_key', { bootstrap: { featureFlags: { banner: true }, featureFlagPayloads } })
         */
        featureFlagPayloads?: Record<string, unknown> | undefined
      }
    | undefined
  /**
   * What holds until the person has chosen. A choice that was made on an earlier page or in another tab is stronger.
   *
   * `'pending'`: nothing is stored on the device or sent. What is captured waits in this page's memory, at most
   * `maxQueueSize` events and `maxQueueBytes`: `optIn` has it delivered, with the times at which it was captured, and
   * `optOut` drops it as `opted_out`. `'denied'`: the same, but nothing is captured. Default `'granted'`. Any other
   * value counts as `'pending'`, with a warning.
   *
   * @example
   * const outlast = init('phc_key', { consent: 'pending' })
   * banner.onAccept = () => outlast.optIn()
   * banner.onReject = () => outlast.optOut()
   */
  consent?: 'granted' | 'denied' | 'pending' | undefined
  /**
   * Counts people without any identifier on the device, as posthog-js does with `cookieless_mode: 'always'`: PostHog
   * makes a hash that lasts a day of the address, the browser and the site, so the project needs "cookieless server
   * hash mode". An event has no ids of session, window or device; its distinct id is `$posthog_cookieless` until
   * `identify`, which lasts as long as the page and which PostHog takes in its stateful mode alone, as it takes no
   * `alias`. Nothing is stored but a choice, as with `persistence: 'memory'`. Default `false`. Any other value that is
   * truthy counts as `true`, with a warning.
   *
   * @example
   * init('phc_key', { cookieless: true })
   */
  cookieless?: boolean | undefined
  /**
   * Whether the subdomains of a site, such as `www.example.com` and `app.example.com`, have one person, one session and
   * one choice: `identify`, `reset`, `optOut` and `optIn` on one of them hold on the others, in pages that are open
   * too. They are in a cookie on the registrable domain, which needs https. Super properties, groups and feature flags
   * stay each origin's own. What is captured before the page has looked at the cookie waits in its memory, until the
   * late code has loaded. Where there can be no such cookie a warning says why, and each origin has a person of its
   * own. Each subdomain has to say it. Default `false`, also (with a warning) for what is no boolean.
   *
   * @example
   * init('phc_key', { crossSubdomain: true })
   */
  crossSubdomain?: boolean | undefined
  /**
   * Whether nothing is captured, stored or sent while the browser says `navigator.doNotTrack`, whatever the person
   * chose on this site. Default `false`. Any other value that is truthy counts as `true`, with a warning.
   *
   * @example
   * init('phc_key', { respectDnt: true })
   */
  respectDnt?: boolean | undefined
  /**
   * Whether nothing is captured, stored or sent while the browser says `navigator.globalPrivacyControl` (Global Privacy
   * Control), whatever the person chose on this site. Default `false`. Any other value that is truthy counts as `true`,
   * with a warning.
   *
   * @example
   * init('phc_key', { respectGpc: true })
   */
  respectGpc?: boolean | undefined
  /**
   * Whether each event carries the feature flags in force, as `$feature/<key>` and `$active_feature_flags`, once this
   * page has asked about a flag. An event of another person, by its `distinctId`, carries none. Default `true`, also
   * (without a warning) for any value but `false`.
   *
   * @example
   * init('phc_key', { featureFlagsOnEvents: false })
   */
  featureFlagsOnEvents?: boolean | undefined
  /**
   * Of whose events PostHog makes a person profile. `'identified_only'`: of persons who are identified, in a group,
   * have an alias or have been given properties or a profile by `createPersonProfile`; events of all others say
   * `$process_person_profile: false`, and PostHog may charge less for them. `'never'`: of nobody; the methods that make
   * a profile do nothing then, with a warning, and so it is with a value that is none of these. Default `'always'`,
   * which is the server's own, and leaves `$process_person_profile` away. posthog-js's default is `'identified_only'`.
   *
   * @example
   * init('phc_key', { personProfiles: 'identified_only' })
   */
  personProfiles?: 'always' | 'identified_only' | 'never' | undefined
  /**
   * `'memory'` stores nothing on the device: events that are not delivered when the page closes are lost. `'auto'`
   * stores what the browser lets it store. Default `'auto'`, also (with a warning) for any other value.
   *
   * @example
   * init('phc_key', { persistence: hasAgreed ? 'auto' : 'memory' })
   */
  persistence?: 'auto' | 'memory' | undefined
  /**
   * The service worker on this origin, or `false` for none: `url` is its file, and `scope` its scope, which is the
   * folder of `url` if absent. Default `{ url: '/__outlast/worker.js', scope: '/__outlast/' }`, also (with a warning)
   * for what is no place of this origin. Where the worker cannot run, the page does its work, and `degraded` says so.
   *
   * @example
   * init('phc_key', { worker: { url: '/sw.js', scope: '/', beforeSend: true } })
   */
  worker?:
    | {
        /**
         * The worker's file: an address or a path of this origin. Default `'/__outlast/worker.js'`; with `outlast/vite`
         * the file that the build has made.
         *
         * @example
         * init('phc_key', { worker: { url: '/sw.js', scope: '/' } })
         */
        url?: string | undefined
        /**
         * The worker's scope: an address or a path of this origin. Default the folder of `url`.
         *
         * @example
         * init('phc_key', { worker: { url: '/shop/sw.js', scope: '/shop/' } })
         */
        scope?: string | undefined
        /**
         * `'module'` is for a worker of your own that has `import` in it. Default `'classic'`, also (with a warning)
         * for any other value.
         *
         * @example
         * init('phc_key', { worker: { url: '/sw.js', scope: '/', type: 'module' } })
         */
        type?: 'classic' | 'module' | undefined
        /**
         * `true` says that the worker has a `beforeSend`, so that no event is sent without this worker from the very
         * first visit on. Later pages know it from the worker itself. Default `false`.
         *
         * @example
         * init('phc_key', { worker: { url: '/sw.js', scope: '/', beforeSend: true } })
         */
        beforeSend?: boolean | undefined
        /**
         * `true` says that the worker has a function for the headers of each request, so that no request is made
         * without this worker, nor a beacon. Every page has to say it. Default `false`.
         *
         * @example
         * init('phc_key', { worker: { url: '/sw.js', scope: '/', requestHeaders: true } })
         */
        requestHeaders?: boolean | undefined
      }
    | false
    | undefined
}

/** The client of a page. */
export type Outlast = PersonClient
