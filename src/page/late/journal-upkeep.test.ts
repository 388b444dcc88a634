import { afterEach, expect, test, vi } from 'vitest'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import type { Front } from '../../client/first/front'
import { newOutbox } from '../../client/first/outbox'
import type { Journal } from '../first/journal'
import { createJournalUpkeep } from './journal-upkeep'

afterEach(() => vi.unstubAllGlobals())

function upkeepOf() {
  const clock = virtualClock()
  const keep = vi.fn()
  const outbox = { ...newOutbox('this page'), count: 1 }
  const front = { outbox, config: {} } as unknown as Front
  return { clock, keep, upkeep: createJournalUpkeep({ keep } as unknown as Journal, 'queue', front, clock) }
}

/** A host that has answered this page, and may be asleep since. */
const ASLEEP = { answered: () => true, mayBeAsleep: () => true }

test('P8: a page that asks its visitor something right after a capture holds up no other with a transaction', async () => {
  vi.stubGlobal('document', { visibilityState: 'visible' })
  const { clock, keep, upkeep } = upkeepOf()
  upkeep.keepIfLate(ASLEEP)
  // What a browser runs between two listeners of a click, and before a dialog that the second one opens.
  for (let microtasks = 0; microtasks < 10; microtasks++) await undefined
  expect(keep).not.toHaveBeenCalled()
  await clock.advance(0)
  expect(keep).toHaveBeenCalledTimes(1)
})

test.each([
  ['no host has answered', { ...ASLEEP, answered: () => false }, 'visible'],
  ['the page is hidden', ASLEEP, 'hidden'],
])('where %s, a page writes at once', (_, host, visibilityState) => {
  vi.stubGlobal('document', { visibilityState })
  const { keep, upkeep } = upkeepOf()
  upkeep.keepIfLate(host)
  expect(keep).toHaveBeenCalledTimes(1)
})
