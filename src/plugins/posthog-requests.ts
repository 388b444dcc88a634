/**
 * Keeps posthog-js from sending the events that outlast has taken, and lets it do all else that it does with an event.
 *
 * A `before_send` hook that returns null ends `posthog.capture` then and there: no listener of `eventCaptured` hears of
 * the event, and `capture` returns nothing. So the hook returns the event, which is left out of the request that
 * posthog-js makes later. All requests of posthog-js for events go through one method of its retry queue. Neither the
 * queue nor the method has a name in posthog-js's public interface: the queue is found by its method, and where there
 * is none, the caller has to do with the hook's null.
 */

import type { PostHogInstance } from './posthog-instance'

/** A request of posthog-js for one event or a batch. */
interface EventRequest {
  data?: unknown
  callback?: (response: { statusCode: number; text: string }) => void
}

interface RetryQueue {
  retriableRequest(request: EventRequest, ...rest: unknown[]): void
}

/** The events that were taken. */
const taken = new WeakSet<object>()

const watched = new WeakSet<object>()

/** Leaves the event out of the instance's requests. Returns false where that cannot be done. */
export function leaveOut(event: object, posthog: PostHogInstance): boolean {
  const queue = Object.values(posthog).find(isRetryQueue)
  if (!queue) return false
  if (!watched.has(queue)) watch(queue)
  taken.add(event)
  return true
}

function isRetryQueue(value: unknown): value is RetryQueue {
  return typeof (value as Partial<RetryQueue> | undefined)?.retriableRequest === 'function'
}

function watch(queue: RetryQueue): void {
  const send = queue.retriableRequest
  watched.add(queue)
  queue.retriableRequest = (request, ...rest) => {
    const { data } = request
    const events: unknown[] = Array.isArray(data) ? data : [data]
    const left = events.filter((event) => !taken.has(Object(event)))
    if (left.length === events.length) return send.call(queue, request, ...rest)
    if (left.length > 0) return send.call(queue, { ...request, data: left }, ...rest)
    // posthog-js waits for this answer where an event carries what must be sent once. outlast sends it until it
    // arrived.
    request.callback?.({ statusCode: 200, text: '' })
  }
}
