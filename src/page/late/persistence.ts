/**
 * Changes where a page stores while it lives: what is in its memory alone moves to the device, once it may be there.
 */

import type { Device } from '../../client/first/consent'
import type { Front, FrontPorts } from '../../client/first/front'
import { PERSON_KEY, type PersonState } from '../../client/first/person'
import { debug } from '../../client/late/debug'
import type { HostClient } from '../../client/late/host-client'
import type { AfterChoices } from '../../client/late/host-client-ports'
import type { Ready } from '../../client/types'
import { show } from '../../core/base/values'
import { asItIs } from '../../core/event/event'
import type { Disk } from '../first/journal'
import { webStorage } from '../first/web-storage'
import type { OutlastOptions } from '../types'
import { tellErased } from './drop-waiting'
import { fileKnown } from './file-known'

const REFUSED = 'setPersistence changes nothing, because the person has refused: call optIn() first'

/** Where a page stores. */
export interface StoragePorts extends Disk, Pick<FrontPorts, 'countWritten'> {
  /** The page's part of localStorage, and of sessionStorage. They hold nothing with `persistence: 'memory'`. */
  kept: Device
  tab: Device
  /** Where the person's choice is kept, which is on the device. */
  choice: Device
}

export interface PersistenceParts {
  front: Front
  ports: StoragePorts
  /** Makes the journal, and writes the person who is in memory. */
  begin(store: true): void
  /** A client with `cookieless` stores nothing, also with `persistence: 'auto'`. */
  options: Pick<OutlastOptions, 'adopt' | 'cookieless'>
  hostClient: Pick<HostClient, 'moveOn' | 'channel'>
  /** Has the choices read again, and done what they ask for: `choices` are settled once that is done. */
  decide(): void
  choices: Pick<AfterChoices, 'settled'>
  /** Called once there is a journal, and no host has the page's events. */
  onJournal(): void
}

/** @returns the client's method `setPersistence` */
export function changePersistence(parts: PersistenceParts): (wanted: unknown) => Promise<Ready | undefined> {
  const { front, ports, options, hostClient } = parts
  const { warn } = front.setup.logs
  let moved: Promise<void> | undefined

  return async (wanted) => {
    if (wanted !== 'auto')
      warn(
        `setPersistence takes 'auto' alone (got ${show(wanted)}), so nothing has changed: optOut({ clear: true }) removes what is on the device`,
      )
    else if (options.cookieless) warn('setPersistence changes nothing: a client with cookieless: true stores nothing')
    else if (front.ofConsent.optedOut) warn(REFUSED)
    else if (!ports.ownJournal) {
      // A move that was not allowed yet, or has failed, is tried anew by a later call.
      moved ??= toDisk(parts).finally(() => {
        if (!ports.ownJournal) moved = undefined
      })
      await moved
    }
    const { channel } = hostClient
    return channel && { host: channel.host, storage: channel.storage }
  }
}

async function toDisk(parts: PersistenceParts): Promise<void> {
  const { front, ports, begin, options, hostClient, decide, choices, onJournal } = parts
  const { logs: log, apiKey } = front.setup
  // Another tab may have had the person erased, and this page may not have been told yet.
  decide()
  await choices.settled()
  // The first code uses the same names.
  const names = `${apiKey}:`
  const before = front.person.state
  // The first person in `windows` is the one with whom the page has begun, or who came after a refusal elsewhere
  // (heed-in-memory.ts). So `began` would not do.
  const isAnother = before.anonymousId !== Object.keys(front.windows)[0]
  Object.assign(ports.kept, webStorage('localStorage', names, log.warnOf))
  Object.assign(ports.tab, webStorage('sessionStorage', names, log.warnOf))
  try {
    fileKnown(front, options.adopt === 'posthog-js', isAnother)
  } catch (error) {
    // There is no room, of which the store has warned.
    debug(log, `whom the device knows stays where it is filed: ${show(error)}`)
  }
  // A tab of an earlier version may have refused since this page began.
  if (front.ofConsent.optedOut) {
    log.warn(REFUSED)
    return
  }
  // A person who was reset or erased on this page does not come back from what an earlier page has stored.
  const { superProperties: _, groups: __, ...record } = before
  if (isAnother) front.lasting.set(PERSON_KEY, JSON.stringify(record, asItIs))
  // The values that the device has of a person from earlier pages stay as they are.
  begin(true)
  tellErased(front, ports.ownJournal, front.reload)
  goOnAs(front, before)
  await hostClient.moveOn(onJournal)
}

/**
 * Goes on as the person whom the device knows. A person whom this page has identified becomes the present one, and an
 * anonymous past on the device becomes that person's.
 *
 * @param before the person in this page's memory
 */
function goOnAs({ person, tell }: Front, before: PersonState): void {
  const { anonymousId, distinctId: previous, identified } = person.state
  if (anonymousId === before.anonymousId) return
  person.add('.', before.superProperties)
  person.add('$', before.groups)
  const { distinctId } = before
  if (!before.identified || distinctId === previous) return
  person.changeTo({ distinctId, identified: true })
  if (!identified) tell?.('$identify', { distinct_id: distinctId, $anon_distinct_id: previous }, true)
}
