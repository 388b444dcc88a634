/**
 * The requests of one transport that are in flight: which batches they carry, how many there are, how all are ended.
 */

import type { AbortSignal } from '../base/ports'

/** The platform's class, which every context that runs the core has. It has no effect but on its signal. */
declare const AbortController: new () => { readonly signal: AbortSignal; abort(): void }

interface InFlightRequest {
  /**
   * The batch's id. Two requests have the same one if another sender took the batch over, failed, and this sender
   * claimed it again.
   */
  batch: number
  /** How many events are in the request. */
  events: number
  /** Resolves once the request has ended and its answer is settled. */
  ended: Promise<void>
  abort(): void
}

export interface InFlight {
  readonly size: number
  /** How many events are in requests. */
  readonly events: number
  /** Whether requests are aborted as soon as they start. */
  readonly paused: boolean
  /** The ids of the batches that are in a request. */
  batches(): ReadonlySet<number>
  /** Resolves once fewer requests are in flight than `slots()`. */
  freeSlot(slots: () => number): Promise<void>
  /** Starts a request. `run` settles with its end; `onEnd` is called when the request is not in flight any more. */
  start(batch: number, events: number, run: (signal: AbortSignal) => Promise<void>, onEnd: () => void): void
  /** Resolves once every request that is in flight now has ended. */
  allEnded(): Promise<void>
  /** Aborts all requests. */
  abort(): void
  /** Aborts all requests, and those that start before `resume`. */
  pause(): void
  resume(): void
}

export function createInFlight(): InFlight {
  const requests = new Set<InFlightRequest>()
  const ends = () => [...requests].map(({ ended }) => ended)
  let paused = false
  const abort = () => {
    for (const request of requests) request.abort()
  }

  return {
    get size() {
      return requests.size
    },
    get events() {
      return [...requests].reduce((sum, { events }) => sum + events, 0)
    },
    get paused() {
      return paused
    },
    batches: () => new Set([...requests].map(({ batch }) => batch)),
    async freeSlot(slots) {
      while (requests.size >= slots()) await Promise.race(ends())
    },
    start(batch, events, run, onEnd) {
      const controller = new AbortController()
      if (paused) controller.abort()
      const request: InFlightRequest = { batch, events, ended: Promise.resolve(), abort: () => controller.abort() }
      requests.add(request)
      request.ended = run(controller.signal).finally(() => {
        requests.delete(request)
        onEnd()
      })
    },
    async allEnded() {
      await Promise.all(ends())
    },
    abort,
    pause() {
      paused = true
      abort()
    },
    resume() {
      paused = false
    },
  }
}
