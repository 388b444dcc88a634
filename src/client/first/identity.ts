/** Whose events a page captures: methods under the names that posthog-js users know (docs/protocol.md §9). */

import { MAX_SUPER_PROPERTIES } from '../../core/base/limits'
import { asText, copyOf, isObject, isText } from '../../core/base/values'
import { asItIs, type Properties, type PropertyBag } from '../../core/event/event'
import { namesNothing } from '../../core/event/ids'
import type { Tell } from '../late/told'
import type { Warnings } from '../late/warnings'
import type { Front } from './front'
import type { Session } from './session'

/**
 * The methods about the person. They never throw; an invalid argument changes nothing and is warned of. Where an id is
 * wanted, a number is taken as its text, with a warning.
 */
export interface Identity {
  /**
   * Says who the person is. Events that were captured anonymously before become the person's. A second `identify` with
   * another id changes the person and merges nothing. With the id and the properties of the call before, in this page,
   * nothing is captured; with other properties one `$set`.
   *
   * @param distinctId the person's id, a non-empty string. What is no one's id, such as `'undefined'`, `'null'`,
   * `'true'`, `'anonymous'` or `'[object Object]'`, is refused: it would make one person of all visitors
   * @param set properties to set on the person
   * @param setOnce properties to set on the person unless they are set already
   * @example
   * outlast.identify('user-42', { plan: 'pro' }, { first_seen: '2026-01-31' })
   */
  identify(distinctId: string, set?: PropertyBag, setOnce?: PropertyBag): void
  /**
   * Makes another name of the person known. The person keeps the present distinct id.
   *
   * @param alias the other name, a non-empty string. What `identify` refuses as a distinct id is refused here too
   * @example
   * outlast.alias('ada@example.com')
   */
  alias(alias: string): void
  /**
   * Puts later events in a group, and captures `$groupidentify`, which makes the group known and describes it. The same
   * group with the same properties again, in this page, captures nothing.
   *
   * @param type the type of the group, a non-empty string
   * @param key the group's key within its type, a non-empty string. `'undefined'`, `'null'` and the like are refused
   * @param properties properties to set on the group. Default none
   * @example
   * outlast.group('company', 'acme', { employees: 11 })
   */
  group(type: string, key: string, properties?: PropertyBag): void
  /**
   * Sets properties of a group, without putting events in the group.
   *
   * @param type the type of the group, a non-empty string
   * @param key the group's key within its type, a non-empty string. `'undefined'`, `'null'` and the like are refused
   * @param properties properties to set on the group. Default none
   * @example
   * outlast.groupIdentify('company', 'acme', { employees: 11 })
   */
  groupIdentify(type: string, key: string, properties?: PropertyBag): void
  /**
   * Sets properties of the person; those in `setOnce` only unless they are set already. The same properties again, in
   * this page, are not sent again, unless another tab has set some meanwhile. Without any property nothing is captured.
   *
   * @example
   * outlast.setPersonProperties({ plan: 'pro' }, { first_seen: '2026-01-31' })
   */
  setPersonProperties(set: PropertyBag, setOnce?: PropertyBag): void
  /**
   * Has PostHog make a profile of a person who is not identified, where `personProfiles` is `'identified_only'`: by a
   * `$set` without properties. Does nothing for a person who has a profile, and with `'never'` warns.
   *
   * @example
   * outlast.createPersonProfile()
   */
  createPersonProfile(): void
  /**
   * Adds super properties, which go with every later event, on later pages and in other tabs too. All of them together
   * have at most 500,000 characters of JSON.
   *
   * @example
   * outlast.register({ plan: 'pro' })
   */
  register(properties: PropertyBag): void
  /**
   * Removes one super property.
   *
   * @param name its name, a non-empty string
   * @example
   * outlast.unregister('plan')
   */
  unregister(name: string): void
  /**
   * Forgets the person, at a logout for example: there is a new anonymous person with a new session, without super
   * properties and groups. Events that are queued stay the former person's, and are delivered.
   *
   * @example
   * onLogout(() => outlast.reset())
   */
  reset(): void
  /**
   * The present distinct id: the anonymous one until `identify`. On a server it is blank.
   *
   * @example
   * form.elements.visitor.value = outlast.getDistinctId()
   */
  getDistinctId(): string
  /**
   * The anonymous id, which the person had before `identify`: a UUIDv7, unless `bootstrap.distinctId`, posthog-js (option
   * `adopt`) or another subdomain gave one. There is another one after a `reset`. On a server it is blank.
   *
   * @example
   * const anonymousId = outlast.getAnonymousId()
   */
  getAnonymousId(): string
  /**
   * The id of the session to which an event captured now would belong. The call is no activity: it does not keep the
   * session from ending. A session ends after half an hour without an event, and after 24 hours.
   *
   * @example
   * support.open({ session: outlast.getSessionId() })
   */
  getSessionId(): string
  /**
   * The id of this tab, as it is in `$window_id`; another one after a `reset`.
   *
   * @example
   * const windowId = outlast.getWindowId()
   */
  getWindowId(): string
}

type Naming = Parameters<Warnings['named']>[0]

/** @param windowId the window's id for the person with this anonymous id */
export function createIdentity(
  front: Pick<Front, 'person' | 'setup' | 'capture' | 'tell' | 'profiles' | 'flagWork'>,
  session: Session,
  windowId: (anonymousId: string) => string,
): Identity {
  const { capture, setup: config, person } = front
  const { logs: log, wall } = config

  const tell: Tell = (...given) => (front.tell ?? capture.methods.capture)(...given)

  /** The person or a group may have changed. */
  const changed = () => front.flagWork?.look()

  /**
   * The arguments as texts, or `undefined` where one of them is no text or names nothing. A single argument has to be
   * one person's id; until the code with the whole list of ids has loaded, an id such as `guest` is accepted too. Where
   * `personProfiles` allows no profiles, a method that makes one gets `undefined`. A warning tells of each refusal, and
   * of each number that was taken as its text.
   */
  function named(method: Naming, ...values: unknown[]): string[] | undefined {
    if (config.noProfiles && method !== 'group') {
      log.warnOf('never', method)
      return undefined
    }
    const texts = values.map(asText)
    const areNames = texts.every((text, index) => {
      const isName = isText(text) && !namesNothing(text) && (values[1] || !front.profiles?.isNobody(text))
      if (!isName || text !== values[index]) log.warnOf('named', method, index, values[index])
      return isName
    })
    return areNames ? (texts as string[]) : undefined
  }

  /** Tells an event with `$set` and `$set_once`, where given, besides its other properties. */
  const set = (event: string, isNew: boolean, $set?: PropertyBag, $set_once?: PropertyBag, besides?: Properties) =>
    tell(event, { ...besides, ...($set && { $set }), ...($set_once && { $set_once }) }, isNew)

  const describe = ($group_type: string, $group_key: string, $group_set?: PropertyBag, isNew = true) =>
    tell('$groupidentify', { $group_type, $group_key, ...($group_set && { $group_set }) }, isNew)

  const identity: Identity = {
    identify(given, toSet, toSetOnce) {
      const [id] = named('identify', given) ?? []
      if (!id) return
      const { distinctId: previous, identified } = person.state
      const isAnother = id !== previous
      person.changeTo({ distinctId: id, identified: true })
      changed()
      // Two known persons are not merged: only an anonymous past becomes the identified person's, as in posthog-js.
      if (identified) identity.setPersonProperties(toSet as PropertyBag, toSetOnce)
      else if (isAnother) set('$identify', true, toSet, toSetOnce, { distinct_id: id, $anon_distinct_id: previous })
      else set('$set', true, toSet, toSetOnce)
    },
    alias(given) {
      const [alias] = named('alias', given) ?? []
      if (alias) tell('$create_alias', { alias, distinct_id: person.state.distinctId }, true)
    },
    groupIdentify(givenType, givenKey, properties) {
      const [type, key] = named('groupIdentify', givenType, givenKey) ?? []
      if (type && key) describe(type, key, properties)
    },
    setPersonProperties(toSet, toSetOnce) {
      const some = Object.keys({ ...copyOf(toSet), ...copyOf(toSetOnce) }).length > 0
      if (some && named('setPersonProperties')) set('$set', false, toSet, toSetOnce)
    },
    group(givenType, givenKey, properties) {
      const [type, key] = named('group', givenType, givenKey) ?? []
      if (!type || !key) return
      const isNew = person.state.groups[type] !== key
      if (isNew) person.add('$', { [type]: key })
      changed()
      // Without profiles the server knows no groups either. Events name theirs all the same.
      if ((isNew || properties) && !config.noProfiles) describe(type, key, properties, isNew)
    },
    createPersonProfile() {
      if (named('createPersonProfile')) tell('$set', { $set: {}, $set_once: {} })
    },
    register(properties) {
      if (!isObject(properties)) return log.warnOf('register', properties)
      try {
        const added = JSON.parse(JSON.stringify(properties, asItIs))
        const size = JSON.stringify({ ...person.state.superProperties, ...added }).length
        if (size > MAX_SUPER_PROPERTIES) throw size
        person.add('.', added)
      } catch (error) {
        log.warnOf('registerJson', error)
      }
    },
    unregister(name) {
      if (isText(name)) person.remove(name)
      else log.warnOf('named', 'unregister', 0, name)
    },
    reset() {
      person.reset()
      changed()
    },
    getDistinctId: () => person.state.distinctId,
    getAnonymousId: () => person.state.anonymousId,
    getWindowId: () => windowId(person.state.anonymousId),
    getSessionId: () => session.id(person.state.anonymousId, wall()),
  }
  return identity
}
