/**
 * The words of warnings. A page loads them with the first one that it gives (`page/late/lazy-words.ts`); see `log.ts`.
 */

import { MAX_SUPER_PROPERTIES } from '../../core/base/limits'
import { asText, isText, show } from '../../core/base/values'
import { SDK_VERSION } from '../../core/base/version'
import { namesNothing } from '../../core/event/ids'
import { namesNobody } from '../../core/event/ids-of-nobody'
import { DELIVERY_WORDS } from './delivery-words'
import { ignoredOptions } from './ignored-options'
import { ALL_OPTIONS, CAPTURE_OPTIONS } from './option-names'
import { unknownOption } from './unknown-options'

/** The names of the arguments of the methods of `identity.ts`, in order. */
const NAMED = {
  identify: ['distinct id'],
  alias: ['new name'],
  group: ['type', 'key'],
  groupIdentify: ['type', 'key'],
  unregister: ['name'],
  setPersonProperties: [],
  createPersonProfile: [],
} as const

/** The texts that were given already, for what is told once in the life of a page. */
const told = new Set<string>()

/** The clients that have warned already that they are shut down. */
const toldClosed = new WeakSet<object>()

/** The most texts in `told`: a caller may make up names of options without end. */
const MAX_TOLD = 20

function isFirst(name: string): boolean {
  if (told.has(name) || told.size >= MAX_TOLD) return false
  told.add(name)
  return true
}

/** The warning about a later `init` of a project that has a client in this page already, by the options of both. */
function repeated(first: unknown, init: unknown, later: unknown, laterInit: unknown, version: string): string {
  const versions = version === SDK_VERSION ? '' : `, as ${SDK_VERSION} and ${version}`
  const said = [
    init !== laterInit &&
      `the library is loaded twice in this page${versions}: load it once; both copies share one client.`,
    ignoredOptions(first, later),
  ]
  const text = said.filter(Boolean).join(' ')
  return isFirst(text) ? text : ''
}

/** The reason is worded in full, because a service worker, which may load nothing late, says no more than this. */
const NEEDS_A_PAGE = 'needs a page'

/** What a client that does nothing was not given, by the reason that it has in `CaptureConfig.halted`. */
const NEEDED: Record<string, string> = {
  apiKey: "init needs the project's API key; nothing will be captured",
  [NEEDS_A_PAGE]:
    'init works in pages alone, not in a Web Worker, a service worker or the background of an extension, which know no person and may end at any moment; nothing will be captured here. Post what happens to a page that captures it (a BroadcastChannel does), or send it to your server, for outlast/node',
  host: 'init needs a host that is a URL, such as https://eu.i.posthog.com, or a path of this origin; nothing will be captured',
}

/** The warning about an option of `init` that was given for its worker. */
const misplaced = (name: string) =>
  ALL_OPTIONS.includes(name) ? `"${name}" is an option of init, and none of its worker.` : undefined

export const WARNINGS = {
  ...DELIVERY_WORDS,
  batch: () => 'captureBatch needs an array of events',
  /** Once for each client. */
  closed(client: object) {
    if (toldClosed.has(client)) return ''
    toldClosed.add(client)
    return 'dropped: captured after shutdown; init gives a new client'
  },
  full: (maxQueueSize: number) =>
    `the queue is full (maxQueueSize ${maxQueueSize}): new events are dropped until it drains`,
  /** A worker warns once that it is no page, though it gets a new client with each `init`. */
  idle: (why: string) =>
    (why !== NEEDS_A_PAGE || isFirst(why) ? NEEDED[why] : '') ??
    `${misplaced(why) ?? unknownOption(why, ALL_OPTIONS, 'init')} It was to keep something back, so nothing is captured or sent until it is put right`,
  listener: (name: PropertyKey, error: unknown) => `a listener of "${String(name)}" threw: ${show(error)}`,
  /** A method that is about the profile of a person. Blank where it was said before. */
  never: (method: string) => {
    const text = `${method} does nothing, because personProfiles allows no profiles`
    return isFirst(text) ? text : ''
  },
  /** The distinct id of one event. Blank where it was said before. */
  nobody: (given: unknown) => {
    const text = `the distinctId ${show(given)} is no one's: its events go out without a person profile, which would be that of all visitors`
    return isFirst(text) ? text : ''
  },
  /** About an argument that is no name, or that is a number. */
  named(method: keyof typeof NAMED, index: number, given: unknown) {
    const text = asText(given)
    const ofPerson = method === 'identify' || method === 'alias'
    const said = `${method}'s ${(NAMED[method] as readonly string[])[index]} must be`
    if (!isText(text)) return `${said} a non-empty string, got ${show(given)}; nothing was changed`
    if (ofPerson ? namesNobody(text) : namesNothing(text))
      return `${said} ${ofPerson ? "one person's own" : 'a name'}, got ${show(given)}; nothing was changed`
    return `${said} a string; the number ${text} was taken as its text`
  },
  preserved: (id: string) =>
    `bootstrap's distinctId ${show(id)} is not the person who is identified here, who stays; call reset() and then identify() to change the person`,
  /** Blank where the warning was given before. */
  option: (name: string) => (isFirst(name) ? unknownOption(name, CAPTURE_OPTIONS, 'capture') : ''),
  properties: (event: string, given: unknown) =>
    `properties of ${show(event)} must be an object, got ${show(given)}; sending the event without them`,
  property: (event: string, name: string, error: unknown) => {
    const why = show(error).split('\n')[0]
    return `property ${show(name)} of ${show(event)} cannot be read or made into JSON (${why}); sending the event without it`
  },
  register: (given: unknown) => `register needs an object of properties, got ${show(given)}`,
  /** @param error a number is the size of super properties that are too large */
  registerJson: (error: unknown) =>
    typeof error === 'number'
      ? `register: the super properties would be ${error} long, more than the ${MAX_SUPER_PROPERTIES} that go with every event; nothing was registered`
      : `register: these properties cannot be made into JSON (${show(error)}); nothing was registered`,
  /** Blank where nothing of the later `init` is ignored, and where the warning was given before. */
  repeated,
  storage: (kind: string, error: unknown) =>
    `${kind} cannot be written (${show(error)}); what is kept there is forgotten with this page`,
  timestamp: (given: unknown, used: string) => `timestamp ${show(given)} is no Date or ISO 8601 string; using ${used}`,
  uuid: (given: unknown, used: string) => `uuid ${show(given)} is not a UUID; the event goes out as ${used}`,
}

export type Warnings = typeof WARNINGS
