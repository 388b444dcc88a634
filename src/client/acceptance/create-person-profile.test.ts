/** PostHog's contract about profiles that a site asks for, and whose events make one: the option `personProfiles`. */

import { describe, expect, test } from 'vitest'
import { type World, world } from '../../../test/support/client/world'
import type { OutlastOptions } from '../../page/types'
import type { CommonOptions } from '../types'

const withProfiles = (personProfiles: OutlastOptions['personProfiles'], bootstrapId?: string) =>
  world({ options: { personProfiles } as CommonOptions, ...(bootstrapId === undefined ? {} : { bootstrapId }) })

/** What the next event says of a profile. */
function said({ client, last }: World): unknown {
  client.capture('one')
  return last().$process_person_profile
}

test('Create person profile emits an empty set event for the current identity', () => {
  const w = withProfiles('identified_only', 'anon-123')
  w.client.createPersonProfile()
  expect(w.enqueued).toEqual([
    expect.objectContaining({
      event: '$set',
      distinct_id: 'anon-123',
      properties: expect.objectContaining({ $set: {}, $set_once: {}, $process_person_profile: true }),
    }),
  ])
  expect(w.client.getDistinctId()).toBe('anon-123')
  expect(said(w)).toBe(true)
  expect(said(w.restart())).toBe(true)
  w.client.reset()
  expect(said(w)).toBe(false)
})

test('Create person profile is a no-op when person profiles are disabled', () => {
  const w = withProfiles('never')
  const before = w.client.getDistinctId()
  w.client.createPersonProfile()
  expect(w.enqueued).toEqual([])
  expect(w.client.getDistinctId()).toBe(before)
})

test('Repeated create person profile calls do not duplicate profile creation', () => {
  const w = withProfiles('identified_only')
  w.client.createPersonProfile()
  w.client.createPersonProfile()
  w.restart().client.createPersonProfile()
  expect(w.enqueued).toHaveLength(1)
})

test.each(['always', undefined] as const)('where everybody has a profile there is none to make: %j', (profiles) => {
  const w = withProfiles(profiles)
  w.client.createPersonProfile()
  expect(w.enqueued).toEqual([])
})

describe('personProfiles', () => {
  test.each([['always'], [undefined], [null as never]] as const)(
    '%j leaves the property away: the server makes profiles',
    (profiles) => {
      const w = withProfiles(profiles)
      w.client.capture('one')
      expect(w.last()).not.toHaveProperty('$process_person_profile')
      w.client.identify('ada')
      expect(w.last()).not.toHaveProperty('$process_person_profile')
    },
  )

  test.each<[string, (client: World['client']) => void]>([
    ['identify', (client) => client.identify('ada')],
    ['alias', (client) => client.alias('ada')],
    ['group', (client) => client.group('company', 'acme')],
    ['groupIdentify', (client) => client.groupIdentify('company', 'acme', { plan: 'pro' })],
    ['setPersonProperties', (client) => client.setPersonProperties({ plan: 'pro' })],
  ])("'identified_only': %s makes a profile, of its own event on and for good", (_, act) => {
    const w = withProfiles('identified_only')
    expect(said(w)).toBe(false)
    act(w.client)
    expect(w.last()).toMatchObject({ $process_person_profile: true })
    expect(said(w)).toBe(true)
    expect(said(w.restart())).toBe(true)
  })

  test("'identified_only': what sets nothing makes no profile", () => {
    const w = withProfiles('identified_only')
    w.client.setPersonProperties({})
    w.client.register({ plan: 'pro' })
    w.client.identify('null')
    expect(said(w)).toBe(false)
  })

  test("'identified_only': of a person whom the caller names nothing is said, but for the present one", () => {
    const w = withProfiles('identified_only')
    w.client.capture('one', {}, { distinctId: 'grace' })
    expect(w.last()).not.toHaveProperty('$process_person_profile')
    w.client.capture('one', {}, { distinctId: w.client.getDistinctId() })
    expect(w.last()).toMatchObject({ $process_person_profile: false })
  })

  test.each(['never', 'identified-only', true, 5])(
    '%j: nobody has one, and what would make one does nothing',
    (profiles) => {
      const w = withProfiles(profiles as never)
      const before = w.client.getDistinctId()
      w.client.identify('ada', { plan: 'pro' })
      w.client.alias('lovelace')
      w.client.setPersonProperties({ plan: 'pro' })
      w.client.groupIdentify('company', 'acme', { plan: 'pro' })
      w.client.group('company', 'acme', { plan: 'pro' })
      expect(w.enqueued).toEqual([])
      expect(w.client.getDistinctId()).toBe(before)
      // Events are in the group all the same, as in posthog-js.
      expect(said(w)).toBe(false)
      expect(w.last()).toMatchObject({ $groups: { company: 'acme' } })
      w.client.capture('one', {}, { distinctId: 'grace' })
      expect(w.last()).toMatchObject({ $process_person_profile: false })
    },
  )

  test('what an event says itself counts', () => {
    const w = withProfiles('never')
    w.client.capture('one', { $process_person_profile: true })
    expect(w.last()).toMatchObject({ $process_person_profile: true })
  })
})

test.each(['undefined', 'null', 'system', '0'])('an event of nobody goes out, without a profile: %j', (distinctId) => {
  const w = world()
  w.client.capture('one', {}, { distinctId })
  w.client.captureBatch([{ event: 'two', distinctId }])
  expect(w.enqueued.map(({ distinct_id, properties }) => [distinct_id, properties.$process_person_profile])).toEqual([
    [distinctId, false],
    [distinctId, false],
  ])
  expect(w.warnings.length).toBeLessThan(2)
  // An event that was assembled elsewhere stays as it is.
  w.client.enqueue({ event: 'three', distinctId })
  expect(w.last()).not.toHaveProperty('$process_person_profile')
})
