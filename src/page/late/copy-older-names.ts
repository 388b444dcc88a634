/**
 * Files under the names of today what an earlier version of this library has filed under older ones: the person and the
 * choice.
 */

import { CHOICE_AT_KEY, CHOICE_KEY, type Choice } from '../../client/first/consent'
import { OWN, PERSON_KEY } from '../../client/first/person'
import { asRecord, isText } from '../../core/base/values'
import { openStorage, STORAGE_PREFIX, type StorageKind } from '../first/web-storage'
import { choiceIn, isPersonFiled, underOlderNames, type Values } from './older-names'

export interface Taken {
  /** The latest choice, if it stands under an older name. */
  choice: Choice | undefined
  /** The host under which the latest person is, unless that person is erased. */
  host: string | undefined
}

/**
 * Which choice and which person count. The latest choice does, and of two at the same time the refusal. Among older
 * names a refusal without a time counts as the latest choice.
 *
 * @param own the choice under the name of today. Where it has a time, it is later than any choice without one
 */
export function latestOf(older: ReadonlyMap<string, Values>, own: Choice): Taken {
  let latest: (Choice & { host: string }) | undefined
  for (const [host, values] of older) {
    const choice = choiceOf(values)
    if (choice && (!latest || isStronger(choice, latest))) latest = { ...choice, host }
  }
  // Two choices of the same time are one choice, which a page that stores nothing but a choice has copied.
  const choice = latest && (own.at === 0 || latest.at >= own.at) ? latest : undefined
  // A refusal without a stored person beside it means that the person was erased.
  const isErased = choice ? choice.refused && !personOf(older.get(choice.host)) : own.refused
  const hosts = choice?.refused ? [choice.host] : [...older.keys()]
  const [newest] = isErased
    ? []
    : hosts
        .flatMap((host) => personOf(older.get(host)) ?? [])
        .sort((a, b) => b.lastAt - a.lastAt || (a.anonymousId < b.anonymousId ? 1 : -1))
  return {
    choice: choice && { refused: choice.refused, at: choice.at },
    host: newest && hostOf(older, newest.anonymousId),
  }
}

function choiceOf(values: Values): Choice | undefined {
  return values.has(CHOICE_KEY) ? choiceIn((name) => values.get(name)) : undefined
}

/** A refusal without a time may be later than any other choice. */
function isStronger(a: Choice, b: Choice): boolean {
  const rank = ({ refused, at }: Choice) => (refused && at === 0 ? Number.POSITIVE_INFINITY : at)
  return rank(a) > rank(b) || (rank(a) === rank(b) && a.refused)
}

/** The person who is filed among these values, and when that person was active last. */
function personOf(values: Values | undefined): { anonymousId: string; lastAt: number } | undefined {
  const { anonymousId } = recordOf(values?.get(PERSON_KEY))
  if (!isText(anonymousId)) return undefined
  const { lastAt } = recordOf(values?.get(`${OWN}${anonymousId}:session`))
  return { anonymousId, lastAt: typeof lastAt === 'number' ? lastAt : 0 }
}

const hostOf = (older: ReadonlyMap<string, Values>, anonymousId: string) =>
  [...older.keys()].find((host) => personOf(older.get(host))?.anonymousId === anonymousId)

function recordOf(text = ''): Record<string, unknown> {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    // The text is no record of a person: a reset could not store the next person, or the text is damaged.
    return {}
  }
}

/**
 * Files the latest person under the names of today, for a device that has none there, and the latest choice too. What
 * was there under older names stays, for tabs of earlier versions, until `removeOlderNames`.
 *
 * @param own the choice under the name of today
 * @param takesPerson false for a client that stores nothing but a choice
 */
export function copyOlderNames(apiKey: string, own: Choice, takesPerson: boolean): Taken {
  const older = underOlderNames('localStorage', apiKey)
  const taken = latestOf(older, own)
  const copy = (kind: StorageKind, name: string, value: string) => file(kind, apiKey, name, value)
  if (taken.choice) {
    copy('localStorage', CHOICE_KEY, String(taken.choice.refused))
    copy('localStorage', CHOICE_AT_KEY, String(taken.choice.at))
  }
  if (!takesPerson) return taken
  // The hook is that of the site's worker, which is the same for every host.
  if ([...older.values()].some((values) => values.get('hooked') === 'true')) copy('localStorage', 'hooked', 'true')
  if (taken.host === undefined) return taken
  for (const kind of ['sessionStorage', 'localStorage'] as const) {
    const values = underOlderNames(kind, apiKey).get(taken.host) ?? new Map<string, string>()
    // The person is copied last but one, and the stamp last: a tab that finds either finds all other values too.
    const last = kind === 'localStorage' ? [PERSON_KEY, 'stamp'] : []
    const names = [...values.keys()].filter((name) => !/^(opt_out|hooked)/.test(name) && !last.includes(name))
    for (const name of [...names, ...last]) {
      const value = values.get(name)
      if (value !== undefined) copy(kind, name, value)
    }
  }
  return taken
}

/**
 * `copyOlderNames` for code that reads the names of today before a client does.
 *
 * @param takesPerson false for an instance that stores nothing but a choice
 */
export function takeOverOlderNames(apiKey: string, takesPerson: boolean): void {
  if (isPersonFiled(apiKey)) return
  const said = (name: string) => openStorage('localStorage')?.getItem(`${STORAGE_PREFIX}${apiKey}:${name}`) ?? undefined
  try {
    copyOlderNames(apiKey, choiceIn(said), takesPerson)
  } catch {
    // Nothing can be written now. The client warns of that, and tries to copy again.
  }
}

/**
 * Writes a value under its name of today. Where there is no room beside the older copies, the value takes their place.
 */
function file(kind: StorageKind, apiKey: string, name: string, value: string): void {
  const storage = openStorage(kind)
  const key = `${STORAGE_PREFIX}${apiKey}:${name}`
  try {
    storage?.setItem(key, value)
  } catch {
    for (const host of underOlderNames(kind, apiKey).keys())
      storage?.removeItem(`${STORAGE_PREFIX}${apiKey} ${host}:${name}`)
    storage?.setItem(key, value)
  }
}
