/**
 * What the flags of the present person depend on besides who it is: properties of the person and of the person's groups
 * that were just set, which the server may not know yet, and the id that the person had before `identify`
 * (docs/protocol.md §8). They are read from the events themselves, as hooks and masks have left them, so that a request
 * about flags tells the server nothing that the events do not tell.
 */

import { asRecord, isText } from '../../core/base/values'
import { asItIs, type EventJson, type Properties } from '../../core/event/event'
import type { Front } from '../first/front'
import { OWN, type PersonState, parsed } from '../first/person'
import type { FeatureFlags } from '../flags/feature-flags'

/** What is known of the present person. */
export interface Given {
  /** The distinct id of the person. */
  of: string
  /** The distinct id before `identify`, of the anonymous past that has become this person's. */
  before?: string
  person: Properties
  /** Properties of groups by group type, each with the key of the group. */
  groups: Record<string, { key?: string; properties: Properties }>
}

export interface FlagContext {
  /** The person that this page began with. */
  first(): Readonly<Pick<PersonState, 'anonymousId' | 'distinctId' | 'groups'>>
  /** What is given of the present person, for the groups that the person is in now. */
  read(): Given
  change(how: (given: Given) => void): void
  /** Stores what is given of the person for later pages, because the site uses flags. */
  keep(): void
  /** Called after each change. */
  onChange: () => void
}

/** The key of the flags of a person, and that of what was given of the person. A reset removes both. */
export const flagsKey = (anonymousId = '') => `${OWN}${anonymousId}:flags`
const givenKey = (anonymousId: string) => `${OWN}${anonymousId}:given`

/** Whether an event may tell anything of the person: the text is searched, since few events do. */
const TELLING = /"\$(set|set_once|group_set|anon_distinct_id)":/

/**
 * @param hooked whether a worker's `beforeSend` is still to see the events: then nothing is read from them, because it
 * may take out of them what no server is to know
 */
export function createFlagContext(
  front: Pick<Front, 'person' | 'lasting' | 'capture' | 'outbox' | 'began'>,
  hooked: () => boolean = () => false,
): FlagContext {
  const { person, lasting: kept, capture, outbox } = front
  /** What was given in this page, and the anonymous id of its person. */
  let own: Given & { anonymousId?: string } = blank('')

  /** What is given of the person whose distinct id is or was `of`. */
  function givenOf(of: string): Given {
    const { anonymousId } = person.state
    const stored = asRecord(parsed(kept, givenKey(anonymousId)))
    const given = stored.of === of ? stored : own.anonymousId === anonymousId && own.of === of ? own : {}
    return {
      of,
      ...(isText(given.before) ? { before: given.before } : {}),
      person: { ...asRecord(given.person) },
      groups: { ...asRecord(given.groups) } as Given['groups'],
    }
  }

  /** Whether the site uses flags. On other sites nothing is stored for flags. */
  const isInUse = () => kept.get(flagsKey(person.state.anonymousId)) !== undefined

  function save(): void {
    const { anonymousId = '' } = own
    kept.set(givenKey(anonymousId), JSON.stringify({ ...own, anonymousId: undefined }, asItIs))
  }

  function put(given: Given): void {
    const { anonymousId } = person.state
    own = { ...given, anonymousId }
    if (isInUse()) save()
    context.onChange()
  }

  function note(json: EventJson): void {
    if (!TELLING.test(json)) return
    const { distinct_id: of, properties } = asRecord(JSON.parse(json))
    const { distinctId, groups } = person.state
    // The caller may have named another person for this event.
    if (of !== distinctId) return
    const {
      $set,
      $set_once,
      $anon_distinct_id: before,
      $group_type: type,
      $group_key: key,
      $group_set,
    } = asRecord(properties)
    const given = givenOf(isText(before) ? before : distinctId)
    given.of = distinctId
    if (isText(before)) given.before = before
    if (hooked()) return put(given)
    given.person = { ...asRecord($set_once), ...given.person, ...asRecord($set) }
    if (isText(type) && isText(key) && groups[type] === key) addGroup(given, type, key, asRecord($group_set))
    put(given)
  }

  const context: FlagContext = {
    first: () => front.began,
    read() {
      const { anonymousId, distinctId, groups } = person.state
      const given = givenOf(distinctId)
      for (const type of Object.keys(given.groups)) {
        const { key, properties } = asRecord(given.groups[type])
        // Properties that were set before the person was in any group of the type belong to the first group of that
        // type.
        if (key === undefined && groups[type] !== undefined) {
          given.groups[type] = { key: groups[type], properties: asRecord(properties) }
          own = { ...given, anonymousId }
          if (isInUse()) save()
        } else if (key !== groups[type]) delete given.groups[type]
      }
      return given
    },
    change(how) {
      const given = context.read()
      how(given)
      put(given)
    },
    keep() {
      if (own.anonymousId === person.state.anonymousId) save()
    },
    onChange: () => undefined,
  }

  // An earlier version kept flags under this key, where a reset would leave them.
  kept.remove('flags')
  const { serialize } = capture.wire
  capture.wire.serialize = (...given) => {
    const json = serialize(...given)
    attempt(json)
    return json
  }
  // The page may have named the person by now.
  for (const { events } of [...outbox.unacknowledged, ...outbox.unsent]) events.forEach(attempt)

  function attempt(json: EventJson): void {
    try {
      note(json)
    } catch {
      // A page's own `toJSON` has made this text, which is no event: `assemble` refuses it.
    }
  }

  return context
}

/**
 * Has the flags follow the context's changes, and has events carry the flags in force unless the site wants none on
 * events.
 */
export function followContext(
  front: Pick<Front, 'flagWork' | 'emitter' | 'person'>,
  context: FlagContext,
  flags: FeatureFlags,
  options: unknown,
): void {
  front.flagWork = flags
  if (asRecord(options).featureFlagsOnEvents !== false)
    front.emitter.on('event', ([properties, , , asked]) => {
      // Of a person whom the caller has named, no flags are known.
      if (asked === undefined || asked === front.person.state.distinctId) Object.assign(properties, flags.inForce())
    })
  context.onChange = flags.look
}

const blank = (of: string): Given => ({ of, person: {}, groups: {} })

/** Adds properties of a group; those of another group of its type go. */
export function addGroup({ groups }: Given, type: string, key: string | undefined, properties: Properties): void {
  const before = groups[type]
  const isSame = before !== undefined && (before.key === undefined || before.key === key)
  groups[type] = {
    ...(key === undefined ? {} : { key }),
    properties: { ...(isSame ? before.properties : {}), ...properties },
  }
}
