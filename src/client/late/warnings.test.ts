import { expect, test } from 'vitest'
import { SDK_VERSION } from '../../core/base/version'
import { createLog } from '../first/log'
import type { DELIVERY_WORDS } from './delivery-words'
import { WARNINGS } from './warnings'

function logged() {
  const said: string[] = []
  return { said, log: createLog({ warn: (message) => said.push(message.replace('[outlast] ', '')) }, false) }
}

const error = new TypeError('broken')
const init = () => undefined

test('P11: each warning says what was wrong and what was made of it', () => {
  expect({
    batch: WARNINGS.batch(),
    named: [
      WARNINGS.named('identify', 0, 5),
      WARNINGS.named('identify', 0, 'undefined'),
      WARNINGS.named('alias', 0, ' '),
      WARNINGS.named('group', 0, null),
      WARNINGS.named('group', 1, Number.NaN),
      WARNINGS.named('groupIdentify', 1, undefined),
      WARNINGS.named('unregister', 0, ['a']),
    ],
    never: [WARNINGS.never('a method'), WARNINGS.never('a method')],
    nobody: [WARNINGS.nobody('NULL'), WARNINGS.nobody('NULL')],
    preserved: WARNINGS.preserved('ada'),
    closed: [WARNINGS.closed(error), WARNINGS.closed(error)],
    full: WARNINGS.full(3),
    idle: [
      WARNINGS.idle('apiKey'),
      WARNINGS.idle('host'),
      WARNINGS.idle('before_send'),
      WARNINGS.idle('mask'),
      WARNINGS.idle('needs a page'),
      WARNINGS.idle('needs a page'),
    ],
    option: [WARNINGS.option('distinct_id'), WARNINGS.option('distinct_id')],
    listener: WARNINGS.listener('drop', error),
    properties: WARNINGS.properties('signup', 'pro'),
    property: WARNINGS.property('signup', 'bad', new Error('first line\nsecond')),
    register: WARNINGS.register(5),
    registerJson: [WARNINGS.registerJson(error), WARNINGS.registerJson(600_000)],
    repeated: [
      WARNINGS.repeated({ flushAt: 1 }, init, { flushAt: 1, beforeSend: () => null, host: '/x' }, init, SDK_VERSION),
      WARNINGS.repeated({ flushAt: 1 }, init, { flushAt: 2 }, init, SDK_VERSION),
      WARNINGS.repeated({ flushAt: 1 }, init, { flushAt: 2 }, init, SDK_VERSION),
      WARNINGS.repeated({}, init, {}, () => undefined, SDK_VERSION),
      WARNINGS.repeated({}, init, { worker: false, debug: true }, () => undefined, '9.9.9'),
    ],
    storage: WARNINGS.storage('localStorage', error),
    timestamp: WARNINGS.timestamp('soon', '2025-01-01T00:00:00.000Z'),
    uuid: WARNINGS.uuid('1', '2'),
  } satisfies Record<Exclude<keyof typeof WARNINGS, keyof typeof DELIVERY_WORDS>, unknown>).toEqual({
    batch: 'captureBatch needs an array of events',
    named: [
      "identify's distinct id must be a string; the number 5 was taken as its text",
      `identify's distinct id must be one person's own, got "undefined"; nothing was changed`,
      `alias's new name must be a non-empty string, got " "; nothing was changed`,
      "group's type must be a non-empty string, got null; nothing was changed",
      "group's key must be a name, got NaN; nothing was changed",
      "groupIdentify's key must be a non-empty string, got undefined; nothing was changed",
      "unregister's name must be a non-empty string, got an array of 1; nothing was changed",
    ],
    // Once in the life of a page.
    never: ['a method does nothing, because personProfiles allows no profiles', ''],
    nobody: [
      'the distinctId "NULL" is no one\'s: its events go out without a person profile, which would be that of all visitors',
      '',
    ],
    preserved:
      'bootstrap\'s distinctId "ada" is not the person who is identified here, who stays; call reset() and then identify() to change the person',
    closed: ['dropped: captured after shutdown; init gives a new client', ''],
    full: 'the queue is full (maxQueueSize 3): new events are dropped until it drains',
    idle: [
      "init needs the project's API key; nothing will be captured",
      'init needs a host that is a URL, such as https://eu.i.posthog.com, or a path of this origin; nothing will be captured',
      '"before_send" is no option of init; did you mean beforeSend? It was to keep something back, so nothing is captured or sent until it is put right',
      '"mask" is an option of init, and none of its worker. It was to keep something back, so nothing is captured or sent until it is put right',
      expect.stringContaining('init works in pages alone'),
      '',
    ],
    // Once in the life of a page.
    option: ['"distinct_id" is no option of capture; did you mean distinctId?', ''],
    listener: 'a listener of "drop" threw: TypeError: broken',
    properties: 'properties of "signup" must be an object, got "pro"; sending the event without them',
    property:
      'property "bad" of "signup" cannot be read or made into JSON (Error: first line); sending the event without it',
    register: 'register needs an object of properties, got 5',
    registerJson: [
      'register: these properties cannot be made into JSON (TypeError: broken); nothing was registered',
      'register: the super properties would be 600000 long, more than the 500000 that go with every event; nothing was registered',
    ],
    repeated: [
      '',
      'init was called before for this project, with other options: flushAt of this call is ignored',
      '',
      'the library is loaded twice in this page: load it once; both copies share one client.',
      `the library is loaded twice in this page, as ${SDK_VERSION} and 9.9.9: load it once; both copies share one client. init was called before for this project, with other options: worker, debug of this call are ignored`,
    ],
    storage: 'localStorage cannot be written (TypeError: broken); what is kept there is forgotten with this page',
    timestamp: 'timestamp "soon" is no Date or ISO 8601 string; using 2025-01-01T00:00:00.000Z',
    uuid: 'uuid "1" is not a UUID; the event goes out as 2',
  })
})

test('P11: what there is to tell waits for its words, in order, and later warnings are said at once', () => {
  const { said, log } = logged()
  log.warnOf('full', 3)
  log.warnOf('uuid', '1', '2')
  expect(said).toEqual([])
  log.setWords(WARNINGS)
  expect(said).toEqual([WARNINGS.full(3), WARNINGS.uuid('1', '2')])
  log.warnOf('batch')
  expect(said).toHaveLength(3)
})

test('P11: without the words, what there is to tell is said as it is', () => {
  const { said, log } = logged()
  log.warnOf('named', 'group', 1, null)
  log.setWords({})
  log.warnOf('timestamp', 'soon', 'now')
  expect(said).toEqual(['named "group" 1 null', 'timestamp "soon" "now"'])
  log.setWords(WARNINGS)
  log.warnOf('batch')
  expect(said.at(-1)).toBe(WARNINGS.batch())
})

test('P11: a page that does wrong without end does not fill memory with what there is to tell of it', () => {
  const { said, log } = logged()
  for (let count = 0; count < 1_000; count++) log.warnOf('full', count)
  log.setWords(WARNINGS)
  expect(said).toHaveLength(100)
  expect(said[0]).toBe(WARNINGS.full(0))
})
