/** The client of an instance: how it is made, and what takes its place once the person has agreed. */

import { PERSON_KEY } from '../../client/first/person'
import { asRecord, isText } from '../../core/base/values'
import { readApiKey } from '../../core/config/queue-config'
import { type StorageKind, webStorage } from '../../page/first/web-storage'
import { takeOverOlderNames } from '../../page/late/copy-older-names'
import type { Outlast } from '../../page/types'
import { outlastOptions, storesNothing } from './config'
import { storedChoice } from './consent'
import { createDevice, type Device, seed, valuesIn } from './device'
import { clientHook } from './events'
import { firstPerson } from './first-person'
import type { People } from './people'
import type { Self } from './self'
import { startWebContext } from './web-context'
import { keepWithinConsent } from './within-consent'

export interface Connection {
  connect(): Outlast
  /** Has the person of earlier pages become the known one of the option `bootstrap`, as by `identify`. */
  heedBootstrap(): void
  /** Has the client store from now on, if it did not because the person had not agreed yet. */
  storeFromNowOn(): void
  /**
   * Has a client that was told to store nothing store from now on, as the person whom posthog-js has left on the
   * device. Where nothing may be stored before a consent, the client stores once the person agrees.
   */
  storeAfterAll(): void
  /** Makes the person one of this id, without an event. */
  become(distinctId: string, identified: boolean): void
}

/**
 * The storage of an instance.
 *
 * @param durable false for storage in memory alone. The person's choice is on the device also where the instance stores
 * nothing: the choice is then read and written by way of a second device, which is durable
 */
export function deviceOf(self: Self, durable: boolean): Device {
  const { token, ports } = self
  // The client keeps its values under the same names.
  const apiKey = readApiKey(token) ?? ''
  if (durable) takeOverOlderNames(apiKey, !self.quiet && !storesNothing(self.config))
  const store = (kind: StorageKind) => valuesIn(webStorage(durable ? kind : undefined, `${apiKey}:`, () => undefined))
  return createDevice(
    store('localStorage'),
    store('sessionStorage'),
    ports.newId,
    () => self.client?.isOptOut() ?? false,
    () => self.client?.getAnonymousId() ?? '',
    durable,
  )
}

/**
 * @param people gives the part that knows the person, once all parts of the instance are made
 * @param mayStore whether the site stores before a choice, or the person has agreed
 * @param onRefusal called for each refusal, before it counts
 */
export function createConnection(
  self: Self,
  people: () => People,
  mayStore: () => boolean,
  onRefusal: () => void,
): Connection {
  const { ports } = self
  /**
   * Whether the client that is there is to move to the device once the person agrees, because a change of the options
   * has let it store. Otherwise a consent has another client take its place.
   */
  let isDeferred = false
  /** The client's own `setPersistence`. */
  let persist: Outlast['setPersistence'] | undefined

  /**
   * Has the client go on as the person whom posthog-js has left, or whom the device knows, or else as its own.
   * `self.device` stays the one in memory, `before`, until the client has moved.
   */
  function moveToDevice(): void {
    const { client, config, token, device: before } = self
    // A client that cannot send knows no person.
    if (!client?.getAnonymousId() || storesNothing(config)) return
    const device = deviceOf(self, true)
    const first = firstPerson(config, token, true)
    // There is no `former` where the site names the person, who is the client's already.
    const { former, deviceId } = first
    const own = before.own()
    // `seed` writes no person where the device knows one: the client then goes on as that person, whose record stays as
    // it is.
    if (former && seed(device.store, first, ports.newId, ports.clock.now())) {
      // What this page has set wins over what posthog-js has stored, as it does in the client.
      before.note('superProperties', { ...former.superProperties, ...before.superProperties() })
      before.note('groups', { ...former.groups, ...before.groups() })
      if (deviceId) device.setOwn({ deviceId })
    } else if (!device.store.get(PERSON_KEY)) device.setOwn(own)
    before.isMoving = true
    void persist?.('auto').then((ready) => {
      before.isMoving = false
      // Until then the device does not have what this page has set.
      if (ready && self.client === client) self.device = Object.assign(device, { left: before.left })
    })
  }

  /**
   * Whether the ids of `config.bootstrap` are the site's: `storeFromNowOn` puts there those of the client that it
   * replaces.
   */
  let isOfSite = true

  const connection: Connection = {
    connect() {
      const { config, token } = self
      const durable = !self.quiet && !storesNothing(config) && typeof window !== 'undefined'
      self.device = deviceOf(self, durable)
      const first = firstPerson(config, token, durable)
      const { store } = self.device
      // Where the person has refused, no person is written to the device: the client has the person in memory.
      const isRefused = storedChoice(self.device) === 'denied'
      const unwritten = !durable || (isRefused && !store.get(PERSON_KEY))
      const { distinctId: id, identified, deviceId, former } = first
      if (durable && !isRefused) {
        // An id that posthog-js has stored is not given to a person whom this device knows by now.
        if (isOfSite && id && !identified && !former) self.device.rename(id)
        seed(store, first, ports.newId, ports.clock.now())
      }
      const { hook, attach } = clientHook()
      // The device has a person by now: the known one, whom `seed` has written, or another one, who stays.
      const isSeeded = !unwritten && identified
      const bootstrap =
        id === undefined || isSeeded ? {} : { bootstrap: { distinctId: id, isIdentifiedId: identified } }
      const options = outlastOptions(config, self.quiet)
      const beforeSend = [options.beforeSend ?? [], hook].flat()
      const client = ports.init(token, { ...options, ...bootstrap, beforeSend })
      self.client = client
      attach(self, client)
      persist = keepWithinConsent(self, client, connection.storeFromNowOn, onRefusal)
      startWebContext(self, client)
      const anonymousId = client.getAnonymousId()
      // A client that cannot send knows no person.
      if (anonymousId && !self.device.own().deviceId) {
        const hasProfile = former?.hasProfile && client.getDistinctId() === id
        const profile = hasProfile ? { of: anonymousId, profile: true } : {}
        self.device.setOwn({ deviceId: deviceId ?? anonymousId, ...profile })
      }
      if (identified && id !== undefined) {
        if (client.getDistinctId() === id) people().setIdentified()
      }
      return client
    },
    heedBootstrap() {
      const { client, config } = self
      const { distinctID: id, isIdentifiedID } = asRecord(config.bootstrap)
      // A person who may not be captured yet is named once capturing is allowed: until then the event would be lost.
      if (!client || !self.isCapturing() || !isText(id) || isIdentifiedID !== true || client.getDistinctId() === id)
        return
      if (!isOfSite || !people().isIdentified()) return people().methods.identify(id)
      console.warn(
        '[outlast] bootstrap.distinctID is not who is known here, who stays: call reset() for another person',
      )
    },
    storeFromNowOn() {
      const { client, device } = self
      if (!client || !self.quiet) return
      self.quiet = false
      if (isDeferred) {
        // A person who is not written while refusing would not be written by the consent either.
        if (client.isOptOut()) client.optIn()
        return moveToDevice()
      }
      const [distinctID, isIdentifiedID] = [client.getDistinctId(), people().isIdentified()]
      const [properties, groups] = [device.superProperties(), device.groups()]
      // The client has stored and captured nothing so far, so there is nothing that its end could lose.
      void client.shutdown(0)
      isOfSite = asRecord(self.config.bootstrap).distinctID === distinctID
      self.config.bootstrap = { ...self.config.bootstrap, distinctID, isIdentifiedID }
      const next = connection.connect()
      next.register(properties)
      for (const [type, key] of Object.entries(groups)) if (isText(key)) next.group(type, key)
    },
    storeAfterAll() {
      isDeferred = true
      self.quiet = true
      if (mayStore()) connection.storeFromNowOn()
    },
    become(distinctId, identified) {
      // The person stays anonymous, as any new person is, where the device can hold the id. Where the device cannot,
      // the client takes the person for an identified one, so that the id counts all the same.
      const isKnown = identified && self.config.person_profiles !== 'never'
      if (isKnown || !self.device.replace(distinctId)) {
        self.muted = true
        self.client?.identify(distinctId)
        self.muted = false
      }
      if (identified) people().setIdentified()
    },
  }
  return connection
}
