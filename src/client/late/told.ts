/**
 * Knows what was told last of the person and of each group, so that the same is not told again. Until this code has
 * loaded, everything is told.
 */

import { copyOf } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Front } from '../first/front'
import { OWN } from '../first/person'

/** The character in a key before the type of the group that the note is of. */
const NOTE = '='

export type Tell = (event: string, properties: Properties, isNew?: boolean) => void

export function createTell({
  person,
  lasting: kept,
  capture,
  outbox,
  profiles,
}: Pick<Front, 'person' | 'lasting' | 'capture' | 'outbox' | 'profiles'>): Tell {
  /** What was told last in this page, with its note: under the type of a group, and under `''` for the person. */
  const last: Record<string, [print: string, note: string] | undefined> = Object.create(null)

  let notes = 0

  /** The key of the latest note about the person or a group. Any tab may write a new note there. */
  const keyOf = (about: string) => `${OWN}${person.state.anonymousId}:${NOTE}${about}`

  function note(about: string, print: string): void {
    notes += 1
    const id = `${outbox.producer} ${notes}`
    kept.set(keyOf(about), id)
    last[about] = [print, id]
  }

  const described = ({ $group_type, $group_key, $group_set, $set, $set_once }: Properties, of: string) => ({
    about: String($group_type ?? ''),
    print: printOf([$group_key ?? of, $group_set, $set, $set_once]),
  })

  for (const { event } of capture.early ?? []) {
    if (!/^\$(identify|set|groupidentify)$/.test(event.event)) continue
    const { about, print } = described(event.properties, event.distinctId)
    note(about, print)
  }

  return (event, properties, isNew) => {
    // `createPersonProfile` sets nothing, and does nothing for a person who has a profile.
    if (!isNew && [properties.$set, properties.$set_once].every(isBlank) && !properties.$group_type && profiles?.has())
      return
    const { about, print } = described(properties, person.state.distinctId)
    const [known, id] = last[about] ?? []
    if (!isNew && print && known === print && id === kept.get(keyOf(about))) return
    profiles?.note()
    const before = outbox.count
    capture.methods.capture(event, properties)
    // An event that was not taken, because a hook dropped it for example, is to be told again.
    if (outbox.count > before && event !== '$create_alias') note(about, print)
  }
}

const isBlank = (given: unknown) => Object.keys(copyOf(given)).length === 0

/**
 * A text by which the same properties are known again. Blank where there are values that JSON writes all alike, such as
 * a `Map`.
 */
function printOf(given: unknown[]): string {
  try {
    return JSON.stringify(given, (_, value) => {
      if (!/^(Object|Array|String|Number|Boolean)$/.test(value?.constructor?.name ?? 'Object')) throw value
      return value
    })
  } catch {
    return ''
  }
}
