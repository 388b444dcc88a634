/** Captures `$feature_flag_called`, once for each value of a flag that callers were given (docs/protocol.md §8). */

import type { Properties } from '../../core/event/event'
import type { Flag, FlagAnswer, FlagSet } from './flag-answer'
import { sorted } from './sorted'

export interface FlagCall {
  key: string
  flag: Flag | undefined
  /** The set of flags that the value is from; `undefined` if there was none. */
  set: FlagSet | FlagAnswer | undefined
  distinctId: string
  groups: Record<string, string>
  /** What went wrong when the flags were asked for, in PostHog's words. */
  error?: string | undefined
  /** What `bootstrap` said of the flag. */
  bootstrapped?: Flag | undefined
  /** Whether the server has not answered for this person in this page yet. */
  unanswered?: boolean
}

export interface FlagCallOptions {
  distinctId: string
  /** If given, only super properties with a matching name are added. */
  minimalNames?: RegExp
}

export type CaptureFlagCall = (event: string, properties: Properties, options: FlagCallOptions) => void

export interface FlagCalls {
  note(call: FlagCall): void
  forget(): void
}

/** Super properties that a minimal event may have (docs/protocol.md §8). */
const MINIMAL = /^\$(lib|lib_version|session_id|window_id|device_id|groups|geoip_disable|process_person_profile)$/

/** The most calls that are remembered. The oldest one is forgotten first, and may then be captured again. */
const MAX_REMEMBERED = 1_000

export function createFlagCalls(capture: CaptureFlagCall): FlagCalls {
  const captured = new Set<string>()
  return {
    note(call) {
      const { key, flag, distinctId, groups } = call
      const name = JSON.stringify([distinctId, key, flag?.value ?? null, sorted(groups)])
      if (captured.has(name)) return
      captured.add(name)
      for (const oldest of captured) {
        if (captured.size <= MAX_REMEMBERED) break
        captured.delete(oldest)
      }
      // Properties are left out only where both signals say so. Any other combination sends the whole event.
      const minimal = call.set?.minimalCalls === true && flag?.hasExperiment === false
      capture('$feature_flag_called', propertiesOf(call, minimal), {
        distinctId,
        ...(minimal && { minimalNames: MINIMAL }),
      })
    },
    forget: () => captured.clear(),
  }
}

function propertiesOf(call: FlagCall, minimal: boolean): Properties {
  const { key, flag, set, groups, error, bootstrapped } = call
  const errors = [
    ...(error ? [error] : []),
    ...(set?.partial ? ['errors_while_computing_flags'] : []),
    ...(set && 'quotaLimited' in set && set.quotaLimited ? ['quota_limited'] : []),
    ...(flag ? [] : ['flag_missing']),
  ]
  const known: [name: string, value: unknown][] = [
    ['id', flag?.id],
    ['version', flag?.version],
    ['reason', flag?.reason],
    ['request_id', set?.requestId],
    ['evaluated_at', set?.evaluatedAt],
    ['has_experiment', flag?.hasExperiment],
    ['error', errors.length > 0 ? errors.join(',') : undefined],
  ]
  const properties: Properties = {
    $feature_flag: key,
    $feature_flag_response: flag?.value ?? null,
    locally_evaluated: false,
    ...(Object.keys(groups).length > 0 ? { $groups: groups } : {}),
  }
  for (const [name, value] of known) if (value !== undefined) properties[`$feature_flag_${name}`] = value
  if (minimal) return properties
  properties[`$feature/${key}`] = flag?.value ?? null
  if (flag?.payload !== undefined) properties.$feature_flag_payload = flag.payload
  if (bootstrapped) {
    properties.$feature_flag_bootstrapped_response = bootstrapped.value
    properties.$feature_flag_bootstrapped_payload = bootstrapped.payload
    properties.$used_bootstrap_value = call.unanswered === true
  }
  return properties
}
