/** Every test of the contract. */

import { ai } from './ai'
import { flags } from './flags'
import type { Test } from './test'
import { v0Delivery } from './v0-delivery'
import { v0Format } from './v0-format'
import { v1Batches } from './v1-batches'
import { v1Events } from './v1-events'
import { v1Requests } from './v1-requests'
import { v1Retries } from './v1-retries'

export interface Job {
  wire: 'v0' | 'v1'
  sdkType: 'client' | 'server'
  test: Test
}

const V0_TESTS = [...v0Format, ...v0Delivery, ...ai, ...flags]
const V1_TESTS = [...v1Requests, ...v1Events, ...v1Batches, ...v1Retries, ...flags]

/**
 * v0 is run as both types of SDK, as its events have what either must have. v1 knows no types; its flags are those of
 * a server SDK.
 */
export function jobsOf(wire: 'v0' | 'v1'): Job[] {
  if (wire === 'v1') return V1_TESTS.map((test) => ({ wire, sdkType: 'server', test }))
  return (['client', 'server'] as const).flatMap((sdkType) =>
    V0_TESTS.filter(({ types }) => types?.includes(sdkType)).map((test) => ({ wire, sdkType, test })),
  )
}
