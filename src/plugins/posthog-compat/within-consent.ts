/**
 * The client under its own name, `posthog.outlast`. The client does not know what the instance waits for, so it is kept
 * from asking and from storing what the person has not agreed to.
 */

import { type Asking, unanswered } from '../../client/first/unanswered'
import type { Outlast } from '../../page/types'
import type { Self } from './self'

/** The methods that ask the server about the person, or that keep something for such a question. */
const ABOUT_FLAGS = [
  'getFeatureFlag',
  'isFeatureEnabled',
  'getFeatureFlagPayload',
  'getFeatureFlagResult',
  'getFeatureFlags',
  'getFeatureFlagsAndPayloads',
  'reloadFeatureFlags',
  'setPersonPropertiesForFlags',
  'resetPersonPropertiesForFlags',
  'setGroupPropertiesForFlags',
  'resetGroupPropertiesForFlags',
] satisfies (keyof Asking)[]

/**
 * @param storeFromNowOn has the instance store, if it did not because the person had not agreed yet
 * @param onRefusal called for each refusal, before it counts
 * @returns the client's own `setPersistence`
 */
export function keepWithinConsent(
  self: Self,
  client: Outlast,
  storeFromNowOn: () => void,
  onRefusal: () => void,
): Outlast['setPersistence'] {
  const { setPersistence, onFeatureFlags, optOut } = client
  const otherwise = unanswered(
    () => 0,
    () => 0,
  ) as unknown as Record<string, (...given: unknown[]) => unknown>
  const methods = client as unknown as Record<string, (...given: unknown[]) => unknown>
  for (const name of ABOUT_FLAGS) {
    const own = methods[name]
    methods[name] = async (...given) => (self.isCapturing() ? own : otherwise[name])?.(...given)
  }

  client.setPersistence = async (wanted) => {
    if (wanted === 'auto' && (!self.isCapturing() || self.config.cookieless_mode === 'always')) {
      console.warn(
        '[outlast] setPersistence changes nothing before the person has agreed, or while nothing may be stored',
      )
      return undefined
    }
    storeFromNowOn()
    return self.client === client ? setPersistence(wanted) : self.client?.setPersistence(wanted)
  }
  client.onFeatureFlags = (listener) => {
    if (self.isCapturing()) return onFeatureFlags(listener)
    let off: (() => void) | undefined
    const listen = () => {
      self.onConsent.delete(listen)
      off = self.client?.onFeatureFlags(listener)
    }
    self.onConsent.add(listen)
    return () => {
      self.onConsent.delete(listen)
      off?.()
    }
  }
  client.optOut = (options) => {
    onRefusal()
    optOut(options)
    // The values that are kept of an erased person go at once, from memory too.
    self.device.own()
  }
  return setPersistence
}

/** To be called when the person may have agreed. */
export function tellOfConsent(self: Self): void {
  if (self.isCapturing()) for (const listen of self.onConsent) listen()
}
