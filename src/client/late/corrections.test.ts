import { expect, test } from 'vitest'
import { idsFrom } from '../../../test/support/core/fixtures'
import { storeOver } from '../../../test/support/core/store-over'
import { createFront } from '../first/front'
import { readCaptureOptions } from '../first/options'
import { PERSON_KEY } from '../first/person'
import * as bootstrapCode from './bootstrap'
import { applyPersonOptions } from './corrections'

const NOW = 1_767_225_600_000

test('another person of the device is not the one of whom the site speaks, whatever the id is', () => {
  for (const another of ['42', 'another']) {
    const logger = { warn: (message: string) => expect.unreachable(message) }
    const setup = readCaptureOptions('phc_test', {}, { logger, now: () => NOW, isUrl: () => true })
    const kept = storeOver(new Map())
    const { front, connect } = createFront({
      ...{
        setup,
        kept,
        freshId: idsFrom(1),
        choice: storeOver(new Map()),
        isBegun: true,
        tab: storeOver(new Map()),
        bootstrap: {},
      },
      decide: () => undefined,
      countWritten: () => 0,
      timer: () => new Promise(() => undefined),
    })
    const client = connect(new Promise(() => undefined), async () => undefined)
    client.capture('before')
    // Another tab has stored the next person, and this page has captured of that one too.
    kept.set(PERSON_KEY, JSON.stringify({ anonymousId: another, distinctId: another, identified: false }))
    client.capture('after')
    const bootstrap = { distinctId: 'ada', isIdentifiedId: true }
    applyPersonOptions(front, { bootstrap, personProfiles: undefined }, { replaced: undefined }, bootstrapCode)
    expect(client.getDistinctId()).toBe(another)
  }
})
