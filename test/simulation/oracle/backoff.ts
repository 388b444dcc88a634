/** No batch is put off beyond the longest pause. */

import { longestPause } from '../../../src/core/queue/retry'
import { Breach } from '../../support/breach'
import type { Commit } from './facts'

export function backoff({ by, batches, settings, wall, setBackMs }: Commit): Breach | undefined {
  for (const { before: old, after: now } of batches) {
    if (!now || now.notBefore === old?.notBefore) continue
    const aheadMs = now.notBefore - wall - setBackMs
    if (aheadMs > longestPause(settings)) {
      return new Breach('backoff', `${by.name} puts a batch off for ${aheadMs} ms`)
    }
  }
  return undefined
}
