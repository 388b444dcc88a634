// @ts-check
/** Every test of the contract. */

import { ai } from './ai.mjs'
import { flags } from './flags.mjs'
import { v0Delivery } from './v0-delivery.mjs'
import { v0Format } from './v0-format.mjs'
import { v1Batches } from './v1-batches.mjs'
import { v1Events } from './v1-events.mjs'
import { v1Requests } from './v1-requests.mjs'
import { v1Retries } from './v1-retries.mjs'

/** @typedef {{ wire: 'v0' | 'v1', sdkType: 'client' | 'server', test: import('./test.mjs').Test }} Job */

export const V0_TESTS = [...v0Format, ...v0Delivery, ...ai, ...flags]
export const V1_TESTS = [...v1Requests, ...v1Events, ...v1Batches, ...v1Retries, ...flags]

/**
 * v0 is run as both types of SDK, as its events have what either must have. v1 knows no types; its flags are those of
 * a server SDK.
 *
 * @param {'v0' | 'v1'} wire
 * @returns {Job[]}
 */
export function jobsOf(wire) {
  if (wire === 'v1') return V1_TESTS.map((test) => ({ wire, sdkType: 'server', test }))
  return /** @type {const} */ (['client', 'server']).flatMap((sdkType) =>
    V0_TESTS.filter(({ types }) => types?.includes(sdkType)).map((test) => ({ wire, sdkType, test })),
  )
}
