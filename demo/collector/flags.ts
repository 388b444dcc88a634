import { randomUUID } from 'node:crypto'

/** Key to whether the flag is on, or to the name of its variant. */
export type Flags = Record<string, boolean | string>

/** Both shapes that SDKs read: the older map of values, and the newer one with reasons. */
export function flagsReply(flags: Flags) {
  const detailed = Object.entries(flags).map(([key, value]) => [
    key,
    {
      key,
      enabled: value !== false,
      variant: typeof value === 'string' ? value : null,
      reason: { code: 'condition_match', description: 'set on the collector', condition_index: 0 },
      metadata: { id: 0, version: 1, description: null, payload: null },
    },
  ])
  const body = {
    flags: Object.fromEntries(detailed),
    featureFlags: flags,
    featureFlagPayloads: {},
    errorsWhileComputingFlags: false,
    quotaLimited: [],
    requestId: randomUUID(),
  }
  return { status: 200, body }
}

export function areFlags(value: unknown): value is Flags {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((flag) => typeof flag === 'boolean' || typeof flag === 'string')
  )
}
