/** Parses the answer of the feature flags endpoint, in its present and in its previous format. */

import { asRecord } from '../../core/base/values'

/** The value of a flag: whether it is on, or the name of its variant. */
export type FlagValue = boolean | string

export interface Flag {
  value: FlagValue
  payload?: unknown
  id?: number
  version?: number
  reason?: string
  hasExperiment?: boolean
}

export interface FlagSet {
  /** The person and the groups of the flags, in one text. Absent in an answer of the server. */
  of?: string
  /** A number for the request that asked for them. Absent in an answer of the server. */
  by?: number
  flags: Record<string, Flag>
  requestId?: string
  evaluatedAt?: number
  /** Whether the server could not compute some flags. Flags that are missing here keep their known values. */
  partial: boolean
  /** Whether `$feature_flag_called` may be cut to its allow-list for flags outside experiments. */
  minimalCalls: boolean
}

export interface FlagAnswer extends FlagSet {
  quotaLimited: boolean
}

/** Parses an answer. `undefined` if it is no answer of a flags endpoint. */
export function parseFlagAnswer(body: string): FlagAnswer | undefined {
  const answer = asRecord(json(body))
  const { requestId, evaluatedAt } = answer
  const quotaLimited = isQuotaLimited(answer.quotaLimited)
  // Any server may answer in the endpoint's place. An answer without flags must not pass for "there are no flags".
  const flags = isRecord(answer.flags) ? currentFlags(answer.flags) : legacyFlags(answer)
  if (!flags && !quotaLimited) return undefined
  return {
    flags: flags ?? noFlags(),
    partial: answer.errorsWhileComputingFlags === true,
    minimalCalls: answer.minimalFlagCalledEvents === true,
    quotaLimited,
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(typeof evaluatedAt === 'number' ? { evaluatedAt } : {}),
  }
}

/** Parses the flags that an earlier page stored. `undefined` if there are none. */
export function parseFlagSet(text: string | undefined): FlagSet | undefined {
  const { of, by, flags, partial, minimalCalls, requestId, evaluatedAt } = asRecord(json(text ?? ''))
  if (typeof flags !== 'object' || flags === null) return undefined
  const kept = noFlags()
  for (const [key, flag] of Object.entries(flags)) {
    const { value } = asRecord(flag)
    if (typeof value === 'boolean' || typeof value === 'string') kept[key] = flag as Flag
  }
  return {
    ...(typeof of === 'string' ? { of } : {}),
    ...(typeof by === 'number' ? { by } : {}),
    flags: kept,
    partial: partial === true,
    minimalCalls: minimalCalls === true,
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(typeof evaluatedAt === 'number' ? { evaluatedAt } : {}),
  }
}

/** An object without a prototype, so that a flag of any name is only found if it was put in. */
const noFlags = (): Record<string, Flag> => Object.create(null)

function currentFlags(raw: Record<string, unknown>): Record<string, Flag> {
  const flags = noFlags()
  for (const [key, entry] of Object.entries(raw)) {
    const { enabled, variant, reason, metadata } = asRecord(entry)
    const { id, version, payload, has_experiment: hasExperiment } = asRecord(metadata)
    const why = asRecord(reason).description ?? asRecord(reason).code
    flags[key] = {
      value: enabled === true && typeof variant === 'string' ? variant : enabled === true,
      ...(payload === undefined || payload === null ? {} : { payload: parsedPayload(payload) }),
      ...(typeof id === 'number' ? { id } : {}),
      ...(typeof version === 'number' ? { version } : {}),
      ...(typeof why === 'string' ? { reason: why } : {}),
      ...(typeof hasExperiment === 'boolean' ? { hasExperiment } : {}),
    }
  }
  return flags
}

function legacyFlags({ featureFlags, featureFlagPayloads }: Record<string, unknown>): Record<string, Flag> | undefined {
  if (!isRecord(featureFlags)) return undefined
  const payloads = asRecord(featureFlagPayloads)
  const flags = noFlags()
  for (const [key, value] of Object.entries(featureFlags)) {
    if (typeof value !== 'boolean' && typeof value !== 'string') continue
    const payload = payloads[key]
    flags[key] = payload === undefined || payload === null ? { value } : { value, payload: parsedPayload(payload) }
  }
  return flags
}

/** Parses a payload that is a string of JSON. Any other payload stays as it is. */
function parsedPayload(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload
  const parsed = json(payload)
  return parsed === undefined ? payload : parsed
}

const isQuotaLimited = (limited: unknown) =>
  Array.isArray(limited) ? limited.includes('feature_flags') : limited === true

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // `undefined` says that the text is not JSON. Each caller decides what follows from that.
    return undefined
  }
}
