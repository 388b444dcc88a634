/**
 * Planted bugs: each a textual edit of one source file, applied while it is bundled, and the promise that it breaks. The
 * simulator must find every one.
 */

import type { Edit } from './bundle'
import { MUTANTS_OF_REQUESTS } from './mutants-of-requests'

export type Mutant = Edit & { name: string; promise: string }

export const MUTANTS: Mutant[] = [
  ...MUTANTS_OF_REQUESTS,
  {
    name: 'delete before acknowledgement',
    promise: 'P2',
    file: 'src/core/delivery/deliver.ts',
    find: '  const verdict = await sendBatch(claimed, config(), signal, ports)\n',
    replace: `  const early = { delivered: events, dropped: [], endpoint: 'up' } as const
  await persist(() => queue.settle(claimed, early, clock.now(), newId), clock, isPaused)
  const verdict = await sendBatch(claimed, config(), signal, ports)\n`,
  },
  {
    name: 'counter moved outside the transaction',
    promise: 'P5',
    file: 'src/core/queue/group-append.ts',
    find: `    try {
      const appended = await db.transact('readwrite', (tx) =>
        appendAll(tx, key, group, () => void group.push(...others.splice(0, MAX_HANDOVERS - group.length))),
      )`,
    replace: `    let record: unknown
    try {
      const appended = await db.transact('readwrite', (tx) => {
        const put: Transaction['put'] = (table, row, value) =>
          table === 'queues' ? void (record = value) : tx.put(table, row, value)
        return appendAll({ ...tx, put }, key, group, () => undefined)
      })
      if (record) await db.transact('readwrite', async (tx) => tx.put('queues', [key], record))`,
  },
  {
    name: 'handover that shares a transaction acknowledged unwritten',
    promise: 'P2',
    file: 'src/core/queue/append.ts',
    find: 'const taken = await take({ ...queue, ...step }, rules, handover)',
    replace: "const taken = index > 0 ? 'seen' : await take({ ...queue, ...step }, rules, handover)",
  },
  {
    name: 'journal written once in the life of a page',
    promise: 'P2',
    file: 'src/page/first/journal.ts',
    find: '        written = []\n        waits = false\n',
    replace: '        written = []\n',
  },
  {
    name: 'lease never released',
    promise: 'P8',
    file: 'src/core/queue/leases.ts',
    find: 'if (sender === me ? senders.mine.has(id) : lives(lease, me, senders, now)) {',
    replace: 'if (sender !== "" || lives(lease, me, senders, now)) {',
  },
  {
    name: 'lease taken from a living sender',
    promise: 'P4',
    file: 'src/core/queue/leases.ts',
    find: 'if (live) return live.has(sender)',
    replace: 'if (live) return sender === me',
  },
  {
    name: 'lock let go while a request is in flight',
    promise: 'P4',
    file: 'src/core/delivery/sender-presence.ts',
    find: 'if (claiming || inFlight.size > 0) return',
    replace: 'if (claiming) return',
  },
  {
    name: "ousted sender's answer treated as its own",
    promise: 'P5',
    file: 'src/core/queue/settle.ts',
    find: 'const mine = batch.lease?.sender === sent.batch.lease?.sender && batch.attempt === sent.batch.attempt',
    replace: 'const mine = true',
  },
  {
    name: 'handover taken again when it is repeated',
    promise: 'P4',
    file: 'src/core/queue/records.ts',
    find: "  if (producer.committed.some(([from, to]) => from <= seq && seq <= to)) return 'seen'\n",
    replace: '',
  },
  {
    name: 'acknowledged before the commit',
    promise: 'P2',
    file: 'src/core/delivery/take-in.ts',
    find: '  const appended = await queue.append(config, handover, clock.now())\n',
    replace: `  void queue.append(config, handover, clock.now()).catch(() => undefined)
  const taken = handover.events.map((json) => json.slice(9, 45))
  const nothing = { refused: [], firstRefusal: false, drops: [] }
  const appended: Appended = { kind: 'committed', accepted: taken, pending: 1, ...nothing }\n`,
  },
  {
    name: 'failed commit swallowed',
    promise: 'P2',
    file: 'src/adapters/idb-database.ts',
    find: '      await tx.done\n      return result\n',
    replace: '      return result\n',
  },
  {
    name: 'attempt not stored',
    promise: 'P4',
    file: 'src/core/queue/claim.ts',
    find: '    attempt: stored.batch.attempt + 1,\n',
    replace: '    attempt: stored.batch.attempt,\n',
  },
  {
    name: 'uuid stamped anew for a retry',
    promise: 'P4',
    file: 'src/core/delivery/send-batch.ts',
    find: 'const whole = { events, ',
    replace: `const again = (json: string) => '{"uuid":"' + newId() + json.slice(45)
      const whole = { events: attempt > 1 ? events.map(again) : events, `,
  },
  {
    name: 'timestamp stamped anew for a retry',
    promise: 'P4',
    file: 'src/core/delivery/send-batch.ts',
    find: 'const whole = { events, ',
    replace: `const stamp = \`"timestamp":"\${new Date(clock.now()).toISOString()}"\`
      const whole = { events: attempt > 1 ? events.map((json) => json.replace(/"timestamp":"[^"]*"/, stamp)) : events, `,
  },
  {
    name: 'second half lost after a 413',
    promise: 'P5',
    file: 'src/core/queue/settle.ts',
    find: 'for (const part of [left.slice(0, half), left.slice(half)]) {',
    replace: 'for (const part of [left.slice(0, half)]) {',
  },
  {
    name: 'batch refused for one event given up whole',
    promise: 'P5',
    file: 'src/core/queue/settle.ts',
    find: 'const split = refused && record.refusedAlone >= REFUSED_ENOUGH ?',
    replace: 'const split = refused ?',
  },
  {
    name: 'halving without a bound',
    promise: 'P6',
    file: 'src/core/queue/settle.ts',
    find: 'const REFUSED_ENOUGH = 8',
    replace: 'const REFUSED_ENOUGH = 1e9',
  },
  {
    name: "portal's page taken for a delivery",
    promise: 'P5',
    file: 'src/adapters/limited-sender.ts',
    find: "const mayBePage = ok && !takesPages && PAGE_TYPE.test(type ?? 'text/html')",
    replace: 'const mayBePage = ok && status === 299',
  },
  {
    name: 'pruned retry keeps all events',
    promise: 'P4',
    file: 'src/core/queue/settle.ts',
    find: 'putBatch(queue, stored.id, waiting, left.length < events.length ? left : undefined)',
    replace: 'putBatch(queue, stored.id, waiting)',
  },
  {
    name: 'Retry-After not bounded',
    promise: 'P6',
    file: 'src/core/queue/retry.ts',
    find: 'const asked = Math.min(retryAfterMs(retryAfter, now) ?? 0, settings.retryMaxBackoff)',
    replace: 'const asked = retryAfterMs(retryAfter, now) ?? 0',
  },
  {
    name: 'backoff not bounded',
    promise: 'P6',
    file: 'src/core/queue/retry.ts',
    find: 'return Math.min(retryInitialBackoff * 2 ** Math.min(failures - 1, 40), retryMaxBackoff)',
    replace: 'return retryInitialBackoff * 2 ** Math.min(failures - 1, 40) + 0 * retryMaxBackoff',
  },
  {
    name: 'full queue not counted',
    promise: 'P5',
    file: 'src/core/queue/append.ts',
    find: '  for (const { reason, uuids } of refused) addDropped(record.dropped, { [reason]: uuids.length })\n',
    replace: '',
  },
  {
    name: 'maxQueueSize forgotten',
    promise: 'P7',
    file: 'src/core/queue/append.ts',
    find: 'count >= maxQueueSize || ',
    replace: '',
  },
  {
    name: 'events settled that another sender has settled',
    promise: 'P4',
    file: 'src/core/queue/settle.ts',
    find: '  const still = (some: EventJson[]) => some.filter((json) => there.has(uuidOf(json)))\n',
    replace: '  const still = (some: EventJson[]) => (there.size > 0 ? some : [])\n',
  },
  {
    name: 'requests in flight without a bound',
    promise: 'P7',
    file: 'src/core/delivery/claim-loop.ts',
    find: 'freeSlot(() => seen.config?.settings.maxConcurrentRequests ?? 1)',
    replace: 'freeSlot(() => 16)',
  },
  {
    name: 'journal row gone before memory alone has delivered it',
    promise: 'P5',
    file: 'src/client/late/handing-over.ts',
    find: "if (hostConnection.channel?.storage === 'memory') inMemory.add(handover)\n      else ports.onSafe?.([handover])",
    replace: 'ports.onSafe?.([handover])',
  },
  {
    name: 'first code writes nothing down',
    promise: 'P2',
    file: 'src/page/first/page-client.ts',
    find: '      ports.ownJournal?.keep()\n      exit.handedOver()\n',
    replace: '      exit.handedOver()\n',
  },
  {
    name: 'choice of a closed tab left to a later page',
    promise: 'P10',
    file: 'src/page/late/heed-stored.ts',
    find: 'if (isOfChoice(today ?? older)) decide()',
    replace: '',
  },
  {
    name: 'late answer waited for',
    promise: 'P2',
    file: 'src/page/late/journal-upkeep.ts',
    find: "if (!host.answered() || document.visibilityState === 'hidden') return journal.keep()",
    replace: 'if (!host.answered()) return',
  },
  {
    name: 'journal not taken up',
    promise: 'P5',
    file: 'src/core/host/answer-message.ts',
    find: '      await transport.takeUp()\n      const { pending } = await transport.stats()\n',
    replace: '      const { pending } = await transport.stats()\n',
  },
  {
    name: 'journal row removed in a transaction before its events are taken in',
    promise: 'P2',
    file: 'src/core/queue/journal.ts',
    find: "  if (found.length > 0) return db.transact('readwrite', (tx) => takeIn({ tx, key, now }, found))\n",
    replace: `  await clearJournal(db, found.map(({ key }) => key))
  if (found.length > 0) return db.transact('readwrite', (tx) => takeIn({ tx, key, now }, found))
`,
  },
  {
    name: 'journal taken up past a refusal',
    promise: 'P10',
    file: 'src/core/queue/append.ts',
    find: 'isRefused(rules, isComparable ? handover.at : Number.POSITIVE_INFINITY)\n',
    replace: '(isRefused(rules, 1) && !isComparable && handover.at < 0)\n',
  },
  {
    name: 'handover posted before its choice is on disk',
    promise: 'P5',
    file: 'src/client/late/handing-over.ts',
    find: 'if (!postedHandovers.wasPosted(handover) && ports.choices?.isSettled() === false)',
    replace: 'if (ports.choices === null)',
  },
  {
    name: 'bounds of a refusal moved by a choice that changes nothing',
    promise: 'P5',
    file: 'src/client/first/front.ts',
    find: 'known.refused === refused ? [] : at,',
    replace: 'at,',
  },
  {
    name: 'refusal in another tab that drops what was captured before it',
    promise: 'P5',
    file: 'src/page/late/heed-rules.ts',
    find: 'if (rules.refused && rules.erase >= rules.at) eraseAll()',
    replace: 'if (rules.refused) eraseAll()',
  },
  {
    name: 'last refusal alone remembered',
    promise: 'P10',
    file: 'src/core/queue/rules.ts',
    find: 'for (const at of turns) if',
    replace: 'for (const at of turns.slice(-2)) if',
  },
  {
    name: 'capture that counts as earlier than the choice before it',
    promise: 'P5',
    file: 'src/client/first/capture.ts',
    find: 'const at = Math.max(now, choice.at)',
    replace: 'const at = now',
  },
  {
    name: 'erasure asked for after the person has chosen again',
    promise: 'P5',
    file: 'src/page/late/erase-here.ts',
    find: 'if (front.ofConsent.choice.at !== at) {',
    replace: 'if (!front.ofConsent.optedOut) {',
  },
  {
    name: 'person written to the device by a page that begins in order to erase',
    promise: 'P10',
    file: 'src/client/first/consent.ts',
    find: '(mayWrite() && device.set(key, value))',
    replace: 'device.set(key, value)',
  },
  {
    name: 'backup of an agreeing person thrown away in a refusal',
    promise: 'P5',
    file: 'src/page/late/recover-earlier.ts',
    find: '    // Where they cannot be moved now, a later page does.\n',
    replace:
      "    if (front.ofConsent.optedOut) return void import('./recover-backups').then((code) => code.removeBackups(queue))\n",
  },
  {
    name: 'what waited for consent kept through a refusal',
    promise: 'P10',
    file: 'src/client/first/front.ts',
    find: '        if (!ports.isBegun) eraseOutbox(outbox)\n',
    replace: '',
  },
  {
    name: 'refused wake not repeated',
    promise: 'P6',
    file: 'src/client/late/receiver.ts',
    find: "if (!handover) parts.wake('due')",
    replace: '',
  },
  {
    name: 'refusal kept in localStorage alone',
    promise: 'P10',
    file: 'src/page/first/page-client.ts',
    find: '      ports.ownJournal?.decide(change)\n',
    replace: '',
  },
  {
    name: 'late code waited for without an end',
    promise: 'P6',
    file: 'src/page/first/page-client.ts',
    find: 'timer(LOAD_LIMIT_MS)',
    replace: 'timer(100 * LOAD_LIMIT_MS)',
  },
  {
    name: 'registration waited for without an end',
    promise: 'P6',
    file: 'src/page/late/worker-channel.ts',
    find: 'within(WORKER_LIMIT_MS, life.active(), clock)',
    replace: 'within(1000 * WORKER_LIMIT_MS, life.active(), clock)',
  },
  {
    name: 'worker trusted before its first word',
    promise: 'P6',
    file: 'src/client/late/answer-timeout.ts',
    find: "    if (!ports.isKnown() && mayFailOver) return hostConnection.failOver('no answer')\n",
    replace: '    if (!ports.isKnown()) return\n',
  },
  {
    name: 'leaving page writes nothing down',
    promise: 'P5',
    file: 'src/page/first/page-exit.ts',
    find: '      pageExit.gone = true\n      save()\n',
    replace: '      pageExit.gone = true\n',
  },
  {
    name: 'flush asked once',
    promise: 'P1',
    file: 'src/client/late/calls.ts',
    find: '  function ask(call: Call): void {\n',
    replace: '  function ask(call: Call): void {\n    if (call.message.id > 0) return\n',
  },
  {
    name: 'late code asked for once',
    promise: 'P2',
    file: 'src/page/first/page-client.ts',
    find: '    void timer(RELOAD_MS * failures).then(() => {\n      outcome = load()\n',
    replace: '    void timer(RELOAD_MS * failures).then(() => {\n',
  },
  {
    name: 'silent worker waited for',
    promise: 'P8',
    file: 'src/client/late/answer-timeout.ts',
    find: '    if (self.missedAnswers + storageFailures >= FAIL_OVER_AFTER && mayFailOver) {',
    replace: '    if (storageFailures >= FAIL_OVER_AFTER && mayFailOver) {',
  },
  {
    name: 'person written from what a tab remembers',
    promise: 'P8',
    file: 'src/client/first/person.ts',
    find: 'store.get(PERSON_KEY)}',
    replace: "''}",
  },
  {
    name: 'session that survives a reset in another tab',
    promise: 'P10',
    file: 'src/client/first/session.ts',
    find: '    if (its !== key) state = undefined\n',
    replace: '',
  },
  {
    name: 'handover posted once',
    promise: 'P2',
    file: 'src/client/late/handing-over.ts',
    find: '      for (const handover of [...outbox.unacknowledged]) post(handover)\n',
    replace: '',
  },
  {
    name: 'a lock that is never granted is waited for without end',
    promise: 'P6',
    file: 'src/adapters/web-locks.ts',
    find: '        }, LOCK_LIMIT_MS)\n',
    replace: '        }, 86_400_000)\n',
  },
  {
    name: 'a transaction that gets no answer is waited for without end',
    promise: 'P6',
    file: 'src/adapters/answer-limit.ts',
    find: 'export const ANSWER_LIMIT_MS = 5_000',
    replace: 'export const ANSWER_LIMIT_MS = 86_400_000',
  },
  {
    name: "a page's look at other queues is waited for without end",
    promise: 'P6',
    file: 'src/page/late/end-of.ts',
    find: 'within(ANSWER_LIMIT_MS, end, clock)',
    replace: 'within(86_400_000, end, clock)',
  },
  {
    name: 'an agreement in another tab that a page hears only with its code for waiting',
    promise: 'P1',
    file: 'src/page/late/waiting-code.ts',
    find: "['storage', 'pageshow']",
    replace: '[]',
  },
  {
    name: 'a drop is told of what another posting or the journal may deliver',
    promise: 'P5',
    file: 'src/client/late/receiver.ts',
    find: '      if (postedHandovers.waits(handover)) return\n      if (!ports.isKept?.(handover)) return',
    replace: '      return',
  },
  {
    name: "an emptied backup takes the place of its page's own row",
    promise: 'P2',
    file: 'src/page/late/add-to-journal.ts',
    find: 'if (!there.has(handover)) table',
    replace: 'table',
  },
  {
    name: "producers are forgotten once a site's events expire",
    promise: 'P4',
    file: 'src/core/queue/append.ts',
    find: 'Math.max(record.config.settings.maxEventAge, EVENT_AGE[0])',
    replace: 'record.config.settings.maxEventAge',
  },
]
