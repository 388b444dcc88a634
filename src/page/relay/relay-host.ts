/** One host of a relay, an origin: a client whose events are requests, and the requests whose callers wait. */

import type { OutlastEvents, Ready } from '../../client/types'
import { init } from '../../index'
import type { Outlast } from '../types'
import { leaveBy } from './leave-by'
import { clientOptions } from './options'
import type { Passed, Refusal, StoredForm } from './stored-form'
import type { RelayOptions } from './types'

/** What a caller is told: where the request is stored, or why it is not. */
export type Outcome = Partial<Refusal> & { headers?: Record<string, string> }

/** The client of a host, and the way of requests into it. */
export interface RelayHost extends Outlast {
  take(form: StoredForm): Promise<Outcome>
  /** Answers the callers that wait: the person has had their requests erased. */
  erase(): void
}

/**
 * The worker or page that hosts the queue is asked after this many ms: it may have been killed before it told of a
 * request, or this page was in the back/forward cache.
 */
const ASK_MS = 2_000

/**
 * The outcome for a person who has opted out: the event `drop` tells of any other request that is not taken, but of
 * such a person there is none.
 */
export const SILENCE: Refusal = { reason: 'opted_out' }

interface Waiting {
  request: Passed
  resolve(outcome: Outcome): void
}

/** @param key the API key of the relay's queues, in place of a project's token */
export function createRelayHost(options: RelayOptions, origin: string, key: string): RelayHost {
  const waiting = new Map<string, Waiting>()
  let place = {} as Ready
  /** The uuid of the event that `enqueue` has just made of a request; blank where it was dropped or not taken. */
  let made = ''
  /** Why that event was dropped, if it was. */
  let refusal = SILENCE
  let isLeft = false
  const client = init(key, {
    ...clientOptions(options, origin),
    beforeSend(event) {
      made = event.uuid
      return event
    },
  })

  const note = (ready: Ready) => {
    place = ready
  }

  /** @param isOver whether the outcome of the requests is known, so that none has to be sent when the page is left */
  async function settle(uuids: Iterable<string>, isOver?: boolean, refused?: Refusal | false): Promise<void> {
    // Another tab's host may have taken and delivered the requests before this tab has a host.
    if (!refused) await client.ready
    for (const uuid of uuids) {
      const outcome = refused || { headers: { 'outlast-uuid': uuid, 'outlast-storage': place.storage } }
      waiting.get(uuid)?.resolve(outcome)
      // A request that only memory has can still be lost, and so may have to be sent when the page is left.
      if (isOver || place.storage !== 'memory') waiting.delete(uuid)
    }
  }

  async function askLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS))
    const open = [...waiting.keys()]
    await client.stats()
    // A request that the person had erased meanwhile, in another tab too, is dropped without an event. A request for
    // which no host could be reached is in memory, and `place` says so.
    const isGone = client.isOptOut()
    await settle(open, isGone, isGone && SILENCE)
    if (waiting.size) void askLater()
  }

  /**
   * Sends what waits at once, when the page is left and no worker hosts the queue. A worker outlives the page, with all that
   * was posted to it.
   */
  function leave(): void {
    // Without the headers that a function gives, a server would take the request for another one. Late code looks
    // whether the browser objects, and may not be there yet.
    const mayNot = () =>
      options.respectDnt ||
      { ...options.worker }.requestHeaders ||
      options.respectGpc ||
      options.headers ||
      client.isOptOut()
    if (!isLeft || place.host === 'worker' || mayNot()) return
    // A request that fails here stays stored.
    for (const { request } of waiting.values()) leaveBy(request).catch(() => undefined)
  }

  void client.ready.then(note)
  client.on('host', note)
  client.on('queued', ({ uuids }) => settle(uuids))
  client.on('delivered', ({ uuids }) => settle(uuids, true))
  client.on('drop', (drop: OutlastEvents['drop']) => {
    refusal = drop
    made = ''
    void settle(drop.uuids, true, drop)
  })
  for (const type of ['pagehide', 'pageshow']) {
    globalThis.addEventListener?.(type, () => {
      isLeft = type === 'pagehide'
      leave()
    })
  }

  return {
    ...client,
    erase: () => void settle(waiting.keys(), true, SILENCE),
    take: ({ request, properties }) =>
      new Promise((resolve) => {
        made = ''
        refusal = SILENCE
        client.enqueue({
          event: `${request.method} ${request.url.replace(/\?.*/, '')}`,
          distinctId: 'relay',
          properties,
        })
        if (!made) return resolve(refusal)
        if (!waiting.size) void askLater()
        waiting.set(made, { request, resolve })
        leave()
      }),
  }
}
