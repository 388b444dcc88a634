/**
 * Has a page take care of the queues of its project that no page uses any more, and remove what older names still hold.
 */

import type { Front } from '../../client/first/front'
import { PERSON_KEY } from '../../client/first/person'
import type { Channel } from '../../client/late/channel'
import { debug } from '../../client/late/debug'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import { type GivenConfig, type QueueConfig, queueKey } from '../../core/config/queue-config'
import { NOWHERE } from '../../core/config/relay-config'
import { MESSAGE_VERSION } from '../../core/host/messages'
import type { Rules } from '../../core/queue/rules'
import type { Journal } from '../first/journal'
import { addToJournal } from './add-to-journal'
import { createEarlierHosts, hostOf } from './earlier-hosts'
import { filedPerson, removeOlderNames } from './older-names'

export interface MindingPorts {
  front: Front
  journal: Journal
  clock: Clock
  /** The config of this page's own queue. */
  config: GivenConfig
  styleOf(host: string): QueueConfig['style']
  /** The channel to this page's host, once there is one. */
  channel(): Channel | undefined
  /** Another queue has something to deliver. */
  onPending(): void
}

export interface Minding {
  /** The rules of this page's queue are known, or have changed. */
  onRules(rules: Rules): void
  /** Looks at the other queues. */
  drain(): Promise<void>
  stop(): void
}

/** Gives all queues of the project its latest choice first: the page has no host before `journal.known` has ended. */
export function mindEarlierHosts(ports: MindingPorts): Minding {
  const { front, journal, clock, config, styleOf, channel, onPending } = ports
  const { apiKey } = config
  let heeded: string | undefined

  /**
   * A config for a queue that has none, because no host ever had the queue. The site's headers are left out: they may
   * be for its own host alone.
   */
  function configFor(queue: string): GivenConfig {
    const host = hostOf(queue)
    const style = config.headersAsked ? config.style : styleOf(host)
    return { ...config, host, style, settings: { ...config.settings, requestHeaders: {} } }
  }

  const hosts = createEarlierHosts({
    apiKey,
    own: queueKey(config),
    clock,
    add: (queue, handovers) => addToJournal(journal, queue, handovers),
    onBehind: journal.decide,
    wake({ queue, isConfigured }) {
      const to = channel()
      // A host in memory has no other queue.
      if (to?.storage !== 'indexeddb') return
      // A relay without an endpoint knows of no headers that requests to other endpoints may need.
      if (config.host === NOWHERE && !isConfigured) return
      const body = { type: 'wake', reason: 'due', ...(isConfigured ? {} : { config: configFor(queue) }) } as const
      to.post({ outlast: MESSAGE_VERSION, id: 1, queue, ...body })
      onPending()
    },
    onFailure: (error) => debug(front.setup.logs, `queues of earlier hosts wait for a later look: ${show(error)}`),
  })

  function tidy(): void {
    // The first code may be of an earlier version, which the browser had in its cache: then it has its person under
    // older names.
    if (front.lasting.get(PERSON_KEY) !== filedPerson(apiKey)) return
    removeOlderNames(apiKey, front.ofConsent.optedOut, front.choices?.erased() === true)
  }

  const { known } = journal
  journal.known = Promise.resolve(known).then(hosts.align).then(tidy)
  return {
    onRules({ at, erase }) {
      const choice = `${at} ${erase}`
      // The rules that were read first are aligned with the rest above.
      if (heeded !== undefined && heeded !== choice) void hosts.drain()
      heeded = choice
    },
    drain: hosts.drain,
    stop: hosts.stop,
  }
}
