/** The client of an instance: how it is made, and what takes its place once the person has agreed. */

import { isText } from '../../core/base/values'
import { hostFrom, queueKey, readApiKey } from '../../core/config/queue-config'
import { webStorage } from '../../page/first/web-storage'
import type { Outlast } from '../../page/types'
import { outlastOptions, storesNothing } from './config'
import { createDevice, seed } from './device'
import { clientHook } from './events'
import { firstPerson } from './first-person'
import type { People } from './people'
import type { Self } from './self'

export interface Connection {
  connect(): Outlast
  /** Has the client store from now on, if it did not because the person had not agreed yet. */
  storeFromNowOn(): void
  /** Makes the person one of this id, without an event. */
  become(distinctId: string, identified: boolean): void
}

export function createConnection(self: Self, people: () => People): Connection {
  const { ports } = self

  const connection: Connection = {
    connect() {
      const { config, token } = self
      const queue = queueKey({ apiKey: readApiKey(token) ?? '', host: hostFrom(config.api_host) ?? '' })
      const durable = !self.quiet && !storesNothing(config) && typeof window !== 'undefined'
      const store = (kind: 'localStorage' | 'sessionStorage') =>
        webStorage(durable ? kind : undefined, queue, () => undefined)
      const refused = () => self.client?.isOptOut() ?? false
      self.device = createDevice(store('localStorage'), store('sessionStorage'), ports.newId, refused)
      const first = firstPerson(config, token, durable)
      if (durable && first.distinctId) seed(self.device.store, first, ports.newId, ports.clock.now())
      const { hook, attach } = clientHook()
      const bootstrap = first.distinctId === undefined ? {} : { bootstrap: { distinctId: first.distinctId } }
      const client = ports.init(token, { ...outlastOptions(config, self.quiet), ...bootstrap, beforeSend: hook })
      self.client = client
      attach(self, client)
      if (first.identified && first.distinctId === client.getDistinctId()) people().setIdentified()
      if (!self.device.own().deviceId) {
        self.device.setOwn({ deviceId: first.deviceId ?? client.getAnonymousId() })
      }
      return client
    },
    storeFromNowOn() {
      const { client, device } = self
      if (!client || !self.quiet) return
      self.quiet = false
      const [distinctID, isIdentifiedID] = [client.getDistinctId(), people().isIdentified()]
      const [properties, groups] = [device.superProperties(), device.groups()]
      // It has stored and taken nothing so far, so there is nothing that its end could lose.
      void client.shutdown(0)
      self.config.bootstrap = { ...self.config.bootstrap, distinctID, isIdentifiedID }
      const next = connection.connect()
      next.register(properties)
      for (const [type, key] of Object.entries(groups)) if (isText(key)) next.group(type, key)
    },
    become(distinctId, identified) {
      self.muted = true
      if (self.client?.getDistinctId() !== distinctId) self.client?.identify(distinctId)
      self.muted = false
      if (identified) people().setIdentified()
    },
  }
  return connection
}
