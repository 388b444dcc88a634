/**
 * Whose events PostHog makes a person profile of: the option `personProfiles`. Until this code has loaded, only
 * `'never'` is heeded; what was captured before is put right afterwards (`corrections.ts`).
 */

import { isPresent } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { namesNobody } from '../../core/event/ids-of-nobody'
import type { Front } from '../first/front'
import type { PersonState } from '../first/person'
import { isOfPerson, isOfWindow } from './early-persons'

export interface Profiles {
  /**
   * The property by which an event says whether the server makes a profile of its person. The server's default is yes,
   * so with `'always'` nothing is said (docs/protocol.md §2.5). Of a person whom the caller has named only `'never'` is
   * said.
   *
   * @param of the distinct id of the event. An id that is no person's (`core/event/ids-of-nobody.ts`) gets no profile,
   * with a warning
   */
  of(of: string, person: Readonly<PersonState>): Properties | undefined
  /** Notes that the present person has a profile, and has it for good. */
  note(): void
  /** Whether the server need not be asked for a profile of the present person: there is one, or `'never'` forbids any. */
  has(): boolean
  /** Whether the text is the distinct id of no person. */
  isNobody(text: string): boolean
}

/** Whether `personProfiles` has this value. Any other value counts as `'never'`. */
export const isProfiles = (given: unknown): boolean => ['always', 'identified_only', 'never'].includes(given as string)

/** Events that make a profile of their person. */
export const MAKERS = new Set(['$set', '$create_alias', '$groupidentify'])

/** The distinct id of a person. Where that id is no person's, such as `guest`, the anonymous id. */
export const somebodysId = ({ anonymousId, distinctId }: Readonly<PersonState>): string =>
  namesNobody(distinctId) ? anonymousId : distinctId

export function createProfiles(
  {
    person,
    setup: config,
    capture,
    emitter,
    began,
    windows,
  }: Pick<Front, 'person' | 'setup' | 'capture' | 'emitter' | 'began' | 'windows'>,
  option: unknown,
): Profiles {
  const { logs: log } = config
  config.noProfiles ||= isPresent(option) && !isProfiles(option)
  const { noProfiles: never } = config
  const always = !never && option !== 'identified_only'

  const has = ({ anonymousId, identified, profile, groups }: Readonly<PersonState>): boolean =>
    always || (!never && (identified || profile === anonymousId || Object.keys(groups).length > 0))

  const self: Profiles = {
    of(of, state) {
      const ofNobody = namesNobody(of)
      if (ofNobody) log.warnOf('nobody', of)
      else if (always || (!never && of !== state.distinctId)) return undefined
      return { $process_person_profile: !ofNobody && has(state) }
    },
    note() {
      const { state } = person
      if (!has(state)) person.changeTo({ profile: state.anonymousId })
    },
    has: () => never || has(person.state),
    isNobody: namesNobody,
  }
  const { anonymousId, distinctId } = person.state
  // The first code does not know all ids that are no person's, nor did earlier versions.
  if (namesNobody(anonymousId)) person.reset()
  else if (namesNobody(distinctId)) {
    const theirs = capture.early?.filter((made) => isOfPerson(made) && isOfWindow(made, windows[anonymousId]))
    const before = began.anonymousId === anonymousId ? somebodysId(began) : anonymousId
    const id = theirs?.at(-1)?.event.distinctId ?? before
    person.changeTo({ distinctId: id, identified: id !== anonymousId })
  }
  // An event of the present person says nothing where every person has a profile.
  emitter.on('event', ([properties, , , asked]) => {
    if (!always || asked) Object.assign(properties, self.of(asked ?? person.state.distinctId, person.state))
  })
  const isOwn = (id: string) => id === person.state.distinctId
  // Events that were captured before a reset are another person's.
  if (!never && capture.early?.some(({ event }) => MAKERS.has(event.event) && isOwn(event.distinctId))) self.note()
  return self
}
