/**
 * Earlier versions of this library filed person, tab and choice under project token and endpoint (the option `host`),
 * where now the token alone is. A site whose endpoint has changed since then has left a person and a choice under each.
 */

import { CHOICE_AT_KEY, CHOICE_KEY, type Choice } from '../../client/first/consent'
import { PERSON_KEY } from '../../client/first/person'
import { openStorage, STORAGE_PREFIX, type StorageKind } from '../first/web-storage'

/**
 * An older name, after the token and a space: a host, as `hostFrom` of core/config/queue-config.ts gives it, and the
 * name of today. Backups have no older names: a backup is a queue's, and a queue's name still has the host.
 */
const HOST_AND_NAME =
  /^(https?:\/\/(?:\[[^\]]*\]|[^\s/:]+)(?::\d+)?(?:\/\S*?)?):((?:person|stamp|opt_out|opt_out_at|hooked|window|window_open|ph|ph_\w+)(?::.*)?)$/is

/** Values by their names of today. */
export type Values = ReadonlyMap<string, string>

/** The choice that stored values say; without one it is a consent at 0. */
export const choiceIn = (read: (name: string) => string | undefined): Choice => ({
  refused: read(CHOICE_KEY) === 'true',
  at: Number(read(CHOICE_AT_KEY)) || 0,
})

/** The values that are filed under older names, by host. */
export function underOlderNames(kind: StorageKind, apiKey: string): Map<string, Map<string, string>> {
  const storage = openStorage(kind)
  const start = `${STORAGE_PREFIX}${apiKey} `
  const byHost = new Map<string, Map<string, string>>()
  for (const key of Object.keys(storage ?? {})) {
    const [, host, name] = (key.startsWith(start) && HOST_AND_NAME.exec(key.slice(start.length))) || []
    const value = storage?.getItem(key)
    if (!host || !name || typeof value !== 'string') continue
    const values = byHost.get(host) ?? new Map()
    byHost.set(host, values.set(name, value))
  }
  return byHost
}

/**
 * The name that a key of the project has today. `older`: the name of an older key, of this queue without token and
 * host, of another host's queue without the token.
 */
export function namesIn(key: string, apiKey: string, queue: string): { today?: string; older?: string } {
  const [today, own, other] = [`${apiKey}:`, `${queue}:`, `${apiKey} `].map((part) => {
    const start = STORAGE_PREFIX + part
    return key.startsWith(start) ? key.slice(start.length) : undefined
  })
  if (today !== undefined) return { today }
  const older = own ?? other
  return older === undefined ? {} : { older }
}

/**
 * The person that the device has under the name of today, as JSON. A client's own store may have one in memory alone.
 */
export const filedPerson = (apiKey: string): string | undefined =>
  openStorage('localStorage')?.getItem(`${STORAGE_PREFIX}${apiKey}:${PERSON_KEY}`) ?? undefined

export const isPersonFiled = (apiKey: string): boolean => !!filedPerson(apiKey)

/**
 * Removes what is filed under older names. A tab of an earlier version may still read it. So everything stays under a
 * refusal, unless the person is erased: that tab would take a missing person for one who is to be erased.
 */
export function removeOlderNames(apiKey: string, refuses: boolean, isErased: boolean): void {
  if (refuses && !isErased) return
  for (const kind of ['sessionStorage', 'localStorage'] as const) {
    const storage = openStorage(kind)
    for (const [host, values] of underOlderNames(kind, apiKey)) {
      for (const name of values.keys()) {
        if (!(refuses && name.startsWith(CHOICE_KEY))) storage?.removeItem(`${STORAGE_PREFIX}${apiKey} ${host}:${name}`)
      }
    }
  }
}
