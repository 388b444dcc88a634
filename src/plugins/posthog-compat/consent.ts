/** Consent as posthog-js has it: a choice of the person, or else what the site takes for granted. */

import { CHOICE_AT_KEY, CHOICE_KEY } from '../../client/first/consent'
import type { Properties } from '../../core/event/event'
import { storedValues } from '../../page/late/stored-values'
import { doNotTrack, sharesCookie, storesNothing } from './config'
import type { Device } from './device'
import type { Self } from './self'
import type { PostHogConfig, PostHogLike } from './types'
import { tellOfConsent } from './within-consent'

export type Status = 'granted' | 'denied' | 'pending'

export interface Consent {
  status(): Status
  isOptedOut(): boolean
  /** Heeds what another tab has changed: has the client store from now on, if the person has agreed there. */
  follow(): void
  /** Forgets that the person has agreed. A refusal stays. */
  forgetGrant(): void
  methods: Pick<
    PostHogLike,
    | 'opt_in_capturing'
    | 'opt_out_capturing'
    | 'has_opted_in_capturing'
    | 'has_opted_out_capturing'
    | 'get_explicit_consent_status'
    | 'clear_opt_in_out_capturing'
    | 'is_capturing'
  >
}

export interface ConsentPorts {
  /** Lets a client that has stored nothing so far store from now on. */
  storeFromNowOn(): void
  /** Has the person of earlier pages become the known one of the option `bootstrap`. */
  heedBootstrap(): void
  captureFirstPageView(): void
  /** The device of a client that stores, whether or not the client does so yet. */
  storing(): Device
}

/** The choice that is on the device. */
export function storedChoice({ store, own }: Device): Status {
  const choice = store.get(CHOICE_KEY)
  if (choice === 'true') return 'denied'
  return choice === 'false' && own().clearedAt !== (store.get(CHOICE_AT_KEY) ?? '') ? 'granted' : 'pending'
}

/** Whether outlast knows of a choice, be it one that was taken back since. */
export const hasChosen = ({ store, own }: Device): boolean =>
  store.get(CHOICE_KEY) !== undefined || own().clearedAt !== undefined

/**
 * Puts a choice on the device which the client does not put there: before there is one, or because it stores nothing.
 */
export function storeChoice({ store }: Device, refused: boolean, now: number): void {
  store.set(CHOICE_KEY, String(refused))
  store.set(CHOICE_AT_KEY, String(now))
}

export function createConsent(
  self: Self,
  { storeFromNowOn, heedBootstrap, captureFirstPageView, storing }: ConsentPorts,
): Consent {
  /** Whether the person has agreed in this page and the device has not taken it: then nothing else remembers it. */
  let granted = false

  /** Whether the client stores nothing: a choice is stored all the same, since it has to last, as in posthog-js. */
  const storesChoiceAlone = () => self.quiet || storesNothing(self.config)
  const deviceOfChoice = () => (storesChoiceAlone() || !self.device.isDurable ? storing() : self.device)

  function status(): Status {
    if (!self.client || doNotTrack(self.config)) return self.client ? 'denied' : 'pending'
    // The client knows of refusals in other tabs, of erasures, and of what a killed browser has left in either storage.
    if (self.client.isOptOut() || (storesChoiceAlone() && storedChoice(storing()) === 'denied')) return 'denied'
    return granted || storedChoice(deviceOfChoice()) === 'granted' ? 'granted' : 'pending'
  }

  /**
   * Whether a person who has not chosen is not captured. With `on_reject` posthog-js captures a person who refuses
   * without ids; outlast has no such mode, so it captures nothing before a consent there: it fails closed.
   */
  const waits = () => Boolean(self.config.opt_out_capturing_by_default) || self.config.cookieless_mode === 'on_reject'

  function isOptedOut(): boolean {
    const now = status()
    return now === 'denied' || (now === 'pending' && waits())
  }

  function clear(): void {
    granted = false
    const device = deviceOfChoice()
    const { store } = device
    const isAlone = storesChoiceAlone()
    if (isAlone) for (const key of [CHOICE_KEY, CHOICE_AT_KEY]) store.remove(key)
    // Without a note of the clearing, the choice that posthog-js has left would come back on the next page.
    if (!isAlone || choiceOfPostHogJs(self.token, self.config) !== undefined)
      device.setOwn({ clearedAt: store.get(CHOICE_AT_KEY) ?? '' })
  }

  const ignored = () => {
    if (self.config.cookieless_mode !== 'always') return false
    console.warn('[outlast] consent changes nothing where cookieless_mode is "always"')
    return true
  }

  const methods: Consent['methods'] = {
    opt_in_capturing(options) {
      const { client } = self
      if (!client || ignored()) return
      const isNew = status() !== 'granted'
      // The consent may be on the device already, from another tab, while this tab still waits.
      storeFromNowOn()
      if (isNew) {
        if (storesChoiceAlone()) storeChoice(storing(), false, self.ports.clock.now())
        self.client?.optIn()
        granted = !doNotTrack(self.config) && storedChoice(deviceOfChoice()) !== 'granted'
      }
      heedBootstrap()
      if (isNew) {
        const { captureEventName: name = '$opt_in', captureProperties } = options ?? {}
        if (name) self.face.capture(name, captureProperties as Properties | undefined)
      }
      if (self.config.capture_pageview) captureFirstPageView()
      tellOfConsent(self)
    },
    opt_out_capturing() {
      if (!self.client || ignored()) return
      granted = false
      if (storesChoiceAlone()) storeChoice(storing(), true, self.ports.clock.now())
      self.client.optOut()
    },
    has_opted_in_capturing: () => self.client !== undefined && !isOptedOut(),
    has_opted_out_capturing: () => self.client !== undefined && isOptedOut(),
    get_explicit_consent_status: status,
    clear_opt_in_out_capturing() {
      if (!self.client) return
      if (self.client.isOptOut()) {
        // `optIn` writes a consent, which other subdomains would go by on a site that waits for one.
        if (sharesCookie(self.config) && waits()) return
        self.client.optIn()
      }
      clear()
    },
    is_capturing: () => self.isCapturing(),
  }
  return {
    status,
    isOptedOut,
    follow() {
      // Another tab may have erased the person, of whom this tab has something in memory.
      self.device.own()
      if (status() !== 'granted') return
      if (self.quiet) {
        storeFromNowOn()
        heedBootstrap()
      }
      tellOfConsent(self)
    },
    forgetGrant() {
      if (status() === 'granted') clear()
    },
    methods,
  }
}

/**
 * The choice that the person made while the site had posthog-js, which stored it under a key of its own, in
 * localStorage or in a cookie. It counts until there is one of outlast's.
 */
export function choiceOfPostHogJs(token: string, config: PostHogConfig): boolean | undefined {
  const { consent_persistence_name: name, opt_out_capturing_cookie_prefix: prefix } = config
  const key = name ? String(name) : prefix ? `${String(prefix)}${token}` : `__ph_opt_in_out_${token}`
  const text = storedValues(key)[0]?.replace(/^"|"$/g, '').toLowerCase()
  if (text === undefined) return undefined
  if (['1', 'true', 'yes'].includes(text)) return true
  return ['0', 'false', 'no'].includes(text) ? false : undefined
}
