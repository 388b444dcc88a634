/** `$feature_flag_called`: once for each value of a flag that the page was given, with posthog-js's members. */

import { parsed } from '../../client/first/person'
import { asRecord } from '../../core/base/values'
import { asItIs, type Properties } from '../../core/event/event'
import type { FlagState } from './flag-state'
import { type Self, stringsOf } from './self'

export interface FlagCalled {
  note(key: string): void
  forget(): void
}

/** The key of the calls that were captured, for the tab's later pages, with `by`, the anonymous id of the person. */
const CALLED_KEY = 'ph_called'
/** The most calls that are remembered; the oldest one is forgotten first. */
const MAX_CALLED = 1_000

/** @param captureCall returns whether the event was captured */
export function createFlagCalled(
  self: Self,
  state: FlagState,
  errors: () => string[],
  captureCall: (properties: Properties, minimal: boolean) => boolean,
): FlagCalled {
  const called = new Set<string>()
  let by: string | undefined

  /**
   * Reads the calls of the tab's earlier pages. A call that cannot be read, or is of another person, is captured once
   * more.
   */
  function read(anonymousId: string | undefined): void {
    if (by === anonymousId) return
    by = anonymousId
    called.clear()
    const stored = asRecord(parsed(self.device.tab, CALLED_KEY))
    if (stored.by === by) for (const one of stringsOf(stored.called)) called.add(one)
  }

  return {
    note(key) {
      const flag = state.flag(key)
      const name = `${self.client?.getDistinctId()} ${key} ${String(flag?.value)}`
      read(self.client?.getAnonymousId())
      if (called.has(name) || !self.isCapturing()) return
      // Properties are left out only where the server asks for it and the flag is in no experiment.
      const minimal = state.set()?.minimalCalls === true && flag?.hasExperiment === false
      if (!captureCall(propertiesOf(self, state, key, errors()), minimal)) return
      called.add(name)
      for (const oldest of called) {
        if (called.size <= MAX_CALLED) break
        called.delete(oldest)
      }
      self.device.tab.set(CALLED_KEY, JSON.stringify({ by, called: [...called] }, asItIs))
    },
    forget() {
      called.clear()
      self.device.tab.remove(CALLED_KEY)
    },
  }
}

function propertiesOf(self: Self, state: FlagState, key: string, errors: string[]): Properties {
  const flag = state.flag(key)
  const set = state.set()
  const first = asRecord(self.config.bootstrap)
  const all = [...errors, ...(flag ? [] : ['flag_missing'])]
  const known: [name: string, value: unknown][] = [
    ['response', flag?.value],
    ['request_id', set?.requestId],
    ['evaluated_at', set?.evaluatedAt],
    ['has_experiment', flag?.hasExperiment],
    ['version', flag?.version],
    ['reason', flag?.reason],
    ['id', flag?.id],
    ['error', all.length > 0 ? all.join(',') : undefined],
  ]
  const properties: Properties = {
    $feature_flag: key,
    $feature_flag_payload: flag?.payload ?? null,
    $feature_flag_bootstrapped_response: asRecord(first.featureFlags)[key] ?? null,
    $feature_flag_bootstrapped_payload: asRecord(first.featureFlagPayloads)[key] ?? null,
    $used_bootstrap_value: !state.fresh,
  }
  for (const [name, value] of known) if (value !== undefined) properties[`$feature_flag_${name}`] = value
  return properties
}
