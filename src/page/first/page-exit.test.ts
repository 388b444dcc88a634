import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventsFrom, handoverOf } from '../../../test/support/core/fixtures'
import { stubLocalStorage } from '../../../test/support/stub-local-storage'
import type { Front } from '../../client/first/front'
import { newOutbox } from '../../client/first/outbox'
import type { Handover } from '../../core/queue/handover'
import { NO_RULES, type Rules } from '../../core/queue/rules'
import { beacons } from '../late/beacons'
import type { Journal } from './journal'
import { createPageExit } from './page-exit'

afterEach(() => vi.unstubAllGlobals())

const sendBeacon = vi.fn()

beforeEach(() => {
  sendBeacon.mockReset().mockReturnValue(true)
  stubLocalStorage()
  vi.stubGlobal('navigator', { sendBeacon })
})

interface Given {
  rules?: Rules | undefined
  kept?: Handover[]
  hooked?: boolean
  refused?: boolean
}

/** A page with an active worker that has answered everything so far, but for these handovers. */
function pageExitOf(unacknowledged: Handover[], given: Given = {}) {
  const { rules, kept = [], hooked = false, refused = false } = { rules: NO_RULES, ...given }
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('document', { visibilityState: 'hidden', addEventListener: listen })
  const outbox = { ...newOutbox('this page'), unacknowledged: new Set(unacknowledged) }
  const config = { apiKey: 'k', host: 'https://h', wall: Date.now }
  const front = { setup: config, outbox, ofConsent: { optedOut: refused } }
  const journal = { holds: (one: Handover) => kept.includes(one), lastRules: rules, keep } as unknown as Journal
  const pageExit = createPageExit(front as unknown as Front, { ownJournal: journal }, 'queue', hooked)
  pageExit.host = {
    onPageExit: vi.fn(),
    answers: () => true,
    outlives: () => true,
    undelivered: () => [],
    sendByKind: (handovers) => beacons(handovers, front.setup),
    letGo: vi.fn(),
  }
  return pageExit
}

const listeners = new Map<string, () => void>()
const listen = (name: string, listener: () => void) => void listeners.set(name, listener)
const keep = vi.fn()

const written = () => Object.keys(window.localStorage)
const own = () => [handoverOf(1, eventsFrom(1, 2), { producer: 'this page' })]

test('P5: what is on no disk is written down, for a worker may be ended with the message in its hands', () => {
  const unacknowledged = own()
  const pageExit = pageExitOf(unacknowledged)
  pageExit.onExit()
  expect(JSON.parse(window.localStorage.getItem('outlast:queue:backup:this page') ?? '')).toEqual({
    v: 1,
    handovers: unacknowledged,
  })
  // The worker is likely to have it, and a beacon would be a second delivery.
  expect(sendBeacon).not.toHaveBeenCalled()
})

test('P5: before there is a host, it is written down and sent as a beacon', () => {
  const pageExit = pageExitOf(own())
  pageExit.host = undefined
  pageExit.onExit()
  pageExit.onExit()
  expect(written()).toHaveLength(1)
  expect(sendBeacon).toHaveBeenCalledTimes(1)
})

test('P5: a page that is hidden before it has a host does the same, since a phone may end it then', () => {
  pageExitOf(own()).host = undefined
  listeners.get('visibilitychange')?.()
  expect(written()).toHaveLength(1)
  expect(sendBeacon).toHaveBeenCalledTimes(1)
  expect(keep).toHaveBeenCalled()
})

test('P5: a platform that says wrongly that it is offline costs no beacon', () => {
  vi.stubGlobal('navigator', { onLine: false, sendBeacon })
  const pageExit = pageExitOf(own())
  pageExit.host = undefined
  pageExit.onExit()
  expect(sendBeacon).toHaveBeenCalledTimes(1)
})

test('P4: what is on disk already is not written down again, but sent where no worker outlives the page', () => {
  const unacknowledged = own()
  const pageExit = pageExitOf(unacknowledged, { kept: unacknowledged })
  pageExit.host = undefined
  pageExit.onExit()
  expect(written()).toEqual([])
  expect(sendBeacon).toHaveBeenCalledTimes(1)
})

test.each([
  ['the disk has not been read yet', { rules: undefined }],
  ['the worker has a beforeSend', { rules: { ...NO_RULES, hooked: true } }],
  ['the site says that its worker has one', { hooked: true }],
  ['the person refuses', { refused: true }],
])('P10: nothing is sent as a beacon while %s', (_, given) => {
  const unacknowledged = own()
  const pageExit = pageExitOf(unacknowledged, given)
  pageExit.host = undefined
  pageExit.onExit()
  expect(sendBeacon).not.toHaveBeenCalled()
})

test('P10: of handovers from before, in and after a refusal that has ended, the beacon leaves the second out', () => {
  const at = (seq: number, at: number) => handoverOf(seq, eventsFrom(seq, 1), { producer: 'this page', at })
  const pageExit = pageExitOf([at(1, 5), at(2, 15), at(3, 25)], { rules: { ...NO_RULES, at: 20, turns: [10, 20] } })
  pageExit.host = undefined
  pageExit.onExit()
  const [[, body]] = sendBeacon.mock.calls as unknown as [[string, Blob]]
  return expect(body.text().then((text) => JSON.parse(text).batch)).resolves.toHaveLength(2)
})

test('P10: what was erased in another tab is in no beacon', () => {
  const pageExit = pageExitOf(own(), { rules: { ...NO_RULES, at: 20, turns: [10, 20], erase: Date.now() } })
  pageExit.host = undefined
  pageExit.onExit()
  expect(sendBeacon).not.toHaveBeenCalled()
})

test('P9: a page whose events are all committed writes nothing when it is left', () => {
  const pageExit = pageExitOf([])
  pageExit.onExit()
  expect(written()).toEqual([])
})
