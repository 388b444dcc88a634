/** What is found in localStorage and sessionStorage: of other versions, of somebody else, cut short, or not to be read. */

import fc, { type Arbitrary } from 'fast-check'
import { OWN, PERSON_KEY } from '../../src/client/first/person'
import { WARNINGS } from '../../src/client/late/warnings'
import { webStorage } from '../../src/page/first/web-storage'
import { recoverBackups, removeBackups } from '../../src/page/late/recover-backups'
import { eventsFrom, handoverOf, uuid } from '../support/core/fixtures'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { startClient } from './client'
import { clonable, mixed } from './hostile'
import { brokenStorage, enterPage, fakeStorage } from './page'

const HOST = 'https://events.example.com'
const queue = `phc_test ${HOST}`
const prefix = `outlast:${queue}:`

const person = fc.constant({
  anonymousId: 'anonymous',
  distinctId: 'known',
  identified: true,
  superProperties: { plan: 'free' },
  groups: { company: 'x' },
})
const session = fc.constant({ id: uuid(9), startedAt: 1_767_225_600_000, lastAt: 1_767_225_600_000 })
const flags = fc.constant({ flags: { beta: { value: true } }, partial: false, minimalCalls: false })
const backup = fc.constant({ v: 1, handovers: [handoverOf(1, eventsFrom(1, 2), { producer: 'tab-1' })] })

const moveAll: NonNullable<Parameters<typeof startClient>[0]['recover']> = (queue, add) =>
  recoverBackups(queue, '', add)

const asText = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    return '{"cut'
  }
}

/** As JSON, whole or cut short; or no JSON at all. */
const textOf = (value: Arbitrary<unknown>): Arbitrary<string | undefined> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 5, arbitrary: mixed(value, clonable).map(asText) },
    { weight: 1, arbitrary: fc.tuple(value, fc.nat(200)).map(([whole, at]) => asText(whole).slice(0, at)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'null', '[]', '"x"', '1e999', '[object Object]', 'x'.repeat(1_200_000)),
    },
    { weight: 1, arbitrary: fc.string() },
  )

interface Case {
  person: string | undefined
  session: string | undefined
  flags: string | undefined
  consent: string | undefined
  window: string | undefined
  backup: string | undefined
  broken: boolean
}

const cases: Arbitrary<Case> = fc.record({
  person: textOf(person),
  session: textOf(session),
  flags: textOf(flags),
  consent: fc.constantFrom(undefined, undefined, 'false', 'TRUE', '1', '{}', ''),
  window: fc.constantFrom(undefined, uuid(8), '', '__proto__'),
  backup: textOf(backup),
  broken: fc.nat(19).map((n) => n === 0),
})

async function check(given: Case): Promise<Outcome> {
  const rows: Record<string, string> = {
    [`${prefix}backup:tab-2`]: JSON.stringify({
      v: 1,
      handovers: [handoverOf(1, eventsFrom(11, 2), { producer: 'tab-2' })],
    }),
    [`${prefix}backup:tab-3`]: JSON.stringify({ v: 2, events: 'of a later version' }),
    'outlast:phc_other https://events.example.com:backup:tab-4': 'of another queue',
    theirs: 'of the site itself',
  }
  const put = (key: string, text: string | undefined) => {
    if (text !== undefined) rows[prefix + key] = text
  }
  put(PERSON_KEY, given.person)
  put('session', given.session)
  put('flags', given.flags)
  put(`${OWN}anonymous:flags`, given.flags)
  put('opt_out', given.consent)
  put('backup:tab-1', given.backup)
  const storage = given.broken ? brokenStorage() : fakeStorage(rows)
  const tab = given.broken
    ? brokenStorage()
    : fakeStorage(given.window === undefined ? {} : { [`${prefix}window`]: given.window })
  const page = enterPage({ localStorage: storage, sessionStorage: tab })
  try {
    const told: string[] = []
    const tell = (_: 'storage', kind: string, error: unknown) => void told.push(WARNINGS.storage(kind, error))
    const stores = {
      kept: webStorage('localStorage', `${queue}:`, tell),
      tab: webStorage('sessionStorage', `${queue}:`, tell),
    }
    const started = startClient({ apiKey: 'phc_test', options: { host: HOST }, stores, recover: moveAll })
    const { client, clock, endpoint, warnings } = started
    hold(client, 'a client is made, whatever is stored')
    client.capture('signup')
    void client.getFeatureFlags()
    await clock.advance(0)
    void client.flush()
    await clock.advance(2 * 3_600_000)
    const sent = endpoint.sent.flatMap(({ body }) => body.batch ?? [])
    const own = sent.find(({ event }) => event === 'signup') as
      | { distinct_id?: unknown; properties?: object }
      | undefined
    hold(own, 'an event is delivered, whatever is stored', warnings)
    hold(typeof own.distinct_id === 'string' && own.distinct_id !== '', 'it is somebody who did it', own.distinct_id)
    hold(JSON.stringify(own).length < 1_000_000, 'it carries no garbage that makes it too large')
    const { $session_id: sessionId, $groups: groups = {} } = own.properties as {
      $session_id?: unknown
      $groups?: object
    }
    hold(typeof sessionId === 'string' && sessionId !== '', 'it has a session', sessionId)
    hold(
      Object.values(groups).every((key) => typeof key === 'string'),
      'its groups are groups',
      groups,
    )
    hold(typeof client.getDistinctId() === 'string' && client.getDistinctId() !== '', 'there is an id')
    if (!given.broken) {
      for (const one of [uuid(11), uuid(12)])
        hold(endpoint.taken.get(one) === 1, 'good events of a backup are delivered', one)
      const keys = Object.keys(storage)
      hold(!keys.includes(`${prefix}backup:tab-2`), 'what was taken is forgotten', keys)
      hold(keys.includes(`${prefix}backup:tab-3`), 'what a later version left is left to it', keys)
      hold(
        storage.getItem('theirs') !== null && keys.some((key) => key.includes('phc_other')),
        'nothing else is touched',
      )
    }
    hold(endpoint.violations.length === 0, 'no request breaks the protocol', endpoint.violations)
    client.identify('after')
    client.register({ fine: true })
    client.reset()
    client.optOut({ clear: true })
    removeBackups(queue)
    await clock.advance(60_000)
    if (!given.broken)
      hold(!Object.keys(storage).some((key) => key.startsWith(`${prefix}backup`)), 'a clear leaves no event')
    clock.holdCalm()
    void client.shutdown(0)
    await clock.advance(1_000)
    holdNothingElseBroke()
    return own.distinct_id === 'known' ? 'accepted' : 'refused'
  } finally {
    page.leave()
  }
}

export const storage: Boundary<Case> = { name: 'storage', share: 4, cases, check }
