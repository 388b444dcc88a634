import { expect, test } from 'vitest'
import { CHOICE_KEY, consentedStore, createConsent } from '../../client/first/consent'
import { createPerson, PERSON_KEY } from '../../client/first/person'
import { writePersonFirst } from './write-person-first'

/** A device, and what it has held after each write: what another tab may read. */
function recorded() {
  const values = new Map<string, string>()
  const moments: Record<string, string>[] = []
  const note = () => void moments.push(Object.fromEntries(values))
  return {
    moments,
    device: {
      get: (key: string) => values.get(key),
      keys: () => [...values.keys()],
      set(key: string, value: string) {
        values.set(key, value)
        note()
        return true as const
      },
      remove(key: string) {
        values.delete(key)
        note()
      },
    },
  }
}

test('P10: no other tab sees a consent beside no person, and writes back the erased one', () => {
  let id = 0
  const { device, moments } = recorded()
  const ofConsent = createConsent(device, () => 1_000)
  const lasting = consentedStore(device, () => !ofConsent.optedOut)
  const person = createPerson(lasting, () => `id-${id++}`, {})
  writePersonFirst({ ofConsent, lasting }, device)
  for (let round = 0; round < 3; round++) {
    ofConsent.choose(true)
    lasting.erase()
    person.reset()
    expect(device.get(PERSON_KEY)).toBeUndefined()
    ofConsent.choose(false)
    lasting.optedIn()
    expect(JSON.parse(device.get(PERSON_KEY) ?? '').anonymousId).toBe(person.state.anonymousId)
  }
  expect(moments.filter((held) => held[CHOICE_KEY] === 'false' && !held[PERSON_KEY])).toEqual([])
})
