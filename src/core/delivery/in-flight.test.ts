import { expect, test } from 'vitest'
import { settled } from '../../../test/support/core/virtual-clock'
import type { AbortSignal } from '../base/ports'
import { createInFlight, type InFlight } from './in-flight'

/** Starts a request whose end the test decides. */
function start(inFlight: InFlight, batch: number) {
  const request: { end(): void; signal?: AbortSignal; ended: boolean } = { end: () => undefined, ended: false }
  const run = (signal: AbortSignal) => {
    request.signal = signal
    return new Promise<void>((resolve) => (request.end = resolve))
  }
  inFlight.start(batch, 1, run, () => {
    request.ended = true
  })
  return request
}

test('a request is in flight until its run has settled', async () => {
  const inFlight = createInFlight()
  const request = start(inFlight, 7)
  expect([...inFlight.batches()]).toEqual([7])
  request.end()
  await inFlight.allEnded()
  expect(inFlight.size).toBe(0)
  expect(request.ended).toBe(true)
})

test('a slot is free once fewer requests are in flight than there are slots, whose number may change', async () => {
  const inFlight = createInFlight()
  const requests = [start(inFlight, 1), start(inFlight, 2), start(inFlight, 3)]
  let slots = 1
  let isFree = false
  void inFlight.freeSlot(() => slots).then(() => (isFree = true))
  requests[0]?.end()
  await settled()
  expect(isFree).toBe(false)
  slots = 2
  requests[1]?.end()
  await settled()
  expect(isFree).toBe(true)
})

test('a pause aborts the requests in flight and those that start before it ends', () => {
  const inFlight = createInFlight()
  const before = start(inFlight, 1)
  inFlight.pause()
  const during = start(inFlight, 2)
  inFlight.resume()
  const after = start(inFlight, 3)
  expect([before, during, after].map(({ signal }) => signal?.aborted)).toEqual([true, true, false])
})
