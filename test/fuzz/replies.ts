/** What a page may hear from the host of its queue, or from anybody who speaks in its place. */

import fc, { type Arbitrary } from 'fast-check'
import { memoryDatabase } from '../../src/adapters/memory-database'
import { newOutbox, putIn } from '../../src/client/first/outbox'
import { createHostClient } from '../../src/client/late/host-client'
import { inProcessChannel } from '../../src/client/late/in-process-channel'
import { queueKey } from '../../src/core/config/queue-config'
import { MESSAGE_VERSION } from '../../src/core/host/messages'
import { parseHostMessage } from '../../src/core/host/parse-host-message'
import { fakeEndpoint } from '../support/core/fake-endpoint'
import { configOf, eventJson, idsFrom, uuid } from '../support/core/fixtures'
import { speaking } from '../support/core/speaking'
import { noLocks } from '../support/core/world'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { watchedClock } from './clock'
import { clonable, mixed } from './hostile'
import { cloned } from './messages'

const config = configOf()
const queue = queueKey(config)

const valid: Arbitrary<unknown> = fc
  .tuple(fc.nat(8), fc.constantFrom('worker:1', 'worker:2'), fc.nat(8))
  .map(([id, instance, which]) => ({
    outlast: MESSAGE_VERSION,
    id,
    queue,
    instance,
    ...[
      { type: 'committed', refused: [{ reason: 'queue_full', uuids: [uuid(1)] }], firstRefusal: true, pending: 1 },
      { type: 'flushed', flushed: { delivered: 1, pending: 0, dropped: 0 } },
      { type: 'stats', stats: { accepted: 3, delivered: 1, pending: 1, dropped: { expired: 1 } } },
      { type: 'awake', pending: 2 },
      { type: 'idle', pending: 2, nextWakeAt: 1_767_225_600_500, blockedBy: 'the disk is gone' },
      { type: 'refused', reason: 'unknown_queue', detail: 'who?' },
      { type: 'refused', reason: 'version', detail: 'message version 1' },
      { type: 'refused', reason: 'storage', detail: 'the disk is gone' },
      { type: 'refused', reason: 'storage_full', detail: 'the disk is full' },
    ][which],
  }))

/** A page whose host also says what the case has. Every timer and warning is kept. */
function pageWorld() {
  const clock = watchedClock()
  const endpoint = fakeEndpoint(clock)
  const database = memoryDatabase()
  const warnings: string[] = []
  let hear: (raw: unknown) => void = () => undefined
  let hosts = 0
  const outbox = newOutbox(idsFrom(1_000)())
  const hostClient = createHostClient(config, {
    clock,
    outbox,
    capture: { isFull: false, emitDrop: () => undefined, warnFull: () => undefined },
    async connect(receive, failed) {
      hear = receive
      hosts += 1
      const channel = inProcessChannel({
        host: failed ? 'memory' : 'page',
        receive,
        ports: {
          clock,
          database,
          random: () => 0,
          newId: idsFrom(hosts * 10_000_000),
          sender: endpoint,
          compress: async () => undefined,
          locks: noLocks,
          hooks: [],
          senderId: `page:${hosts}`,
          report: () => undefined,
        },
      })
      return { channel }
    },
    degraded: () => undefined,
    warn: (message) => warnings.push(message),
    warnOf: speaking(warnings).warnOf,
  })
  const add = (json: string) => {
    putIn(outbox, 'live', 'v0', json, clock.now(), 0)
    hostClient.handOver()
  }
  return { clock, endpoint, hostClient, add, warnings, hear: (raw: unknown) => hear(raw) }
}

async function check(given: readonly unknown[]): Promise<Outcome> {
  const { clock, endpoint, hostClient, add, warnings, hear } = pageWorld()
  let outcome: Outcome = 'accepted'
  await clock.advance(0)
  add(eventJson(1))
  const asked = [hostClient.flush(), hostClient.stats()]
  for (const [index, message] of given.entries()) {
    const raw = cloned(message)
    if (parseHostMessage(raw) === undefined) outcome = 'refused'
    hear(raw)
    await clock.advance(index % 2 === 0 ? 0 : 3_000)
  }
  add(eventJson(2))
  let answered = 0
  for (const answer of [...asked, hostClient.flush(), hostClient.stats()]) void answer.then(() => (answered += 1))
  await clock.advance(10 * 60_000)
  hold(answered === 4, 'every question is answered', answered)
  hold(endpoint.taken.has(uuid(2)), 'what is captured after is delivered')
  const stats = hostClient.stats()
  await clock.advance(1_000)
  const { accepted, delivered, pending, dropped } = await stats
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
  hold(accepted === delivered + pending + lost, 'accepted = delivered + dropped + pending', await stats)
  hold(warnings.length < 20, 'a page is not flooded with warnings', warnings)
  hold(endpoint.sent.length < 20, 'few requests are made', endpoint.sent.length)
  clock.holdCalm()
  const shutdown = hostClient.shutdown(0)
  await clock.advance(1_000)
  await shutdown
  holdNothingElseBroke()
  return outcome
}

export const replies: Boundary<unknown[]> = {
  name: 'replies',
  share: 11,
  cases: fc.array(mixed(valid, clonable), { minLength: 1, maxLength: 4 }),
  check,
}
