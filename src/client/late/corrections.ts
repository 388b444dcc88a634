/** What the options about the person change of events that the first code has made before this code had loaded. */

import { SDK_NAME } from '../../core/base/version'
import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Front } from '../first/front'
import { adoptSession, becomeKnown } from './bootstrap'
import { createProfiles } from './profiles'
import { createTell } from './told'
import type { WindowMark } from './window-copies'

/** The properties that an event is to have besides, or in place of, its own; `undefined` where it is right. */
export type Correct = (event: OutlastEvent) => Properties | undefined

/** To be called before the first code's events are written in full. */
export function applyPersonOptions(
  front: Front,
  { bootstrap, personProfiles }: { bootstrap: Properties; personProfiles: unknown },
  { replaced }: Pick<WindowMark, 'replaced'>,
): Correct {
  const adopted = adoptSession(front, bootstrap)
  front.profiles = createProfiles(front, personProfiles)
  front.tell = createTell(front)
  becomeKnown(front, bootstrap)
  return ({ distinctId, properties }) => {
    // An event that was assembled elsewhere stays as it is.
    if (properties.$lib !== SDK_NAME) return undefined
    const of = Object.hasOwn(properties, '$process_person_profile')
      ? undefined
      : front.profiles?.of(distinctId, front.person.state)
    const more: Properties = { ...of }
    if (adopted && properties.$session_id === adopted.before) more.$session_id = adopted.id
    if (replaced && properties.$window_id === replaced.before) more.$window_id = replaced.id
    return Object.keys(more).length > 0 ? more : undefined
  }
}
