/** Requests for feature flags (docs/protocol.md §8), made again where a proxy answered in place of the server. */

import { asItIs } from '../../core/event/event'
import { wellFormedJson } from '../../core/event/well-formed-json'
import type { FlagOptions } from '../types'
import type { FlagPorts } from './feature-flags'
import { type FlagAnswer, parseFlagAnswer } from './flag-answer'
import { readFlagOptions } from './flag-options'

export interface FlagRequests {
  /** The body of a request for the flags of the present person, or of the one that the options name. */
  body(options: FlagOptions, keys?: string[]): string
  /**
   * Resolves with the parsed answer, or with `undefined` and a warning if there is none. Makes no request once `goesOn`
   * returns false.
   */
  ask(body: string, goesOn: () => boolean): Promise<FlagAnswer | undefined>
}

/** Statuses after which a request is made again. Any other status is an answer (docs/protocol.md §8). */
const RETRIED = new Set([502, 504])

/** The pause before the first retry, in ms; doubled for each further one (docs/protocol.md §8). */
const RETRY_MS = 300

export function createFlagRequests(ports: FlagPorts): FlagRequests {
  const { queue, clock, sender, warn } = ports
  const { timeoutMs, maxRetries, headers } = readFlagOptions(ports.options, warn)

  function body(options: FlagOptions, keys?: string[]): string {
    const { distinctId, anonymousId, groups } = ports.person()
    return wellFormedJson(
      JSON.stringify(
        {
          token: queue.apiKey,
          distinct_id: options.distinctId ?? distinctId,
          groups: options.groups ?? groups,
          person_properties: options.personProperties ?? {},
          group_properties: options.groupProperties ?? {},
          geoip_disable: options.disableGeoip ?? ports.disableGeoip,
          ...(anonymousId ? { $device_id: anonymousId } : {}),
          ...(keys ? { flag_keys_to_evaluate: keys } : {}),
        },
        asItIs,
      ),
    )
  }

  async function ask(body: string, goesOn: () => boolean): Promise<FlagAnswer | undefined> {
    const request = {
      url: `${queue.host}/flags/?v=2`,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body,
    }
    for (let retry = 0; ; retry++) {
      const outcome = await sender.send(request, { timeoutMs, readBody: true })
      const failed = outcome.kind === 'timeout' || outcome.kind === 'unreachable'
      const again = failed || (outcome.kind === 'reply' && RETRIED.has(outcome.status))
      if (again && retry < maxRetries) {
        await clock.timer(RETRY_MS * 2 ** retry).done
        if (!goesOn()) return undefined
        continue
      }
      const answer = outcome.kind === 'reply' && outcome.status < 300 ? parseFlagAnswer(outcome.body) : undefined
      if (!answer) warn(`feature flags could not be loaded (${'status' in outcome ? outcome.status : outcome.kind})`)
      return answer
    }
  }

  return { body, ask }
}
