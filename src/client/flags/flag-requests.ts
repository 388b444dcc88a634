/** Requests for feature flags (docs/protocol.md §8), made again where a proxy answered in place of the server. */

import type { SendOutcome } from '../../core/base/ports'
import { askHeaders } from '../../core/config/ask-headers'
import type { FlagContext } from '../late/flag-context'
import type { FlagOptions } from '../types'
import type { FlagPorts } from './feature-flags'
import { type FlagAnswer, parseFlagAnswer } from './flag-answer'
import { readFlagOptions } from './flag-options'
import { sorted } from './sorted'

export interface FlagRequests {
  /** The body of a request for the flags of the present person, or of the one that the options name. */
  body(options: FlagOptions, keys?: string[]): string
  /**
   * Resolves with the parsed answer, or if there is none with what went wrong, in PostHog's words, and a warning. Makes
   * no request once `goesOn` returns false.
   */
  ask(body: string, goesOn: () => boolean): Promise<FlagAnswer | FlagError>
}

/** In the words of `$feature_flag_error`, which are posthog-js's. */
export type FlagError = 'timeout' | 'connection_error' | 'unknown_error' | `api_error_${number}`

/** The ports that requests need. `context` says what was just set of the person. */
export type FlagRequestPorts = Pick<
  FlagPorts,
  'queue' | 'clock' | 'sender' | 'person' | 'disableGeoip' | 'options' | 'warn' | 'write'
> & { context?: Pick<FlagContext, 'read'> }

/** Statuses after which a request is made again. Any other status is an answer (docs/protocol.md §8). */
const RETRIED = new Set([502, 504])

/** The pause before the first retry, in ms; doubled for each further one (docs/protocol.md §8). */
const RETRY_MS = 300

export function createFlagRequests(ports: FlagRequestPorts): FlagRequests {
  const { queue, clock, sender, warn } = ports
  const { timeoutMs, maxRetries, headers } = readFlagOptions(ports.options, warn)

  function body(options: FlagOptions, keys?: string[]): string {
    const { distinctId, anonymousId, groups } = ports.person()
    const isPresent = (options.distinctId ?? distinctId) === distinctId
    const given = isPresent ? ports.context?.read() : undefined
    const groupProperties: Record<string, unknown> = {}
    if (!options.groups) for (const type in given?.groups) groupProperties[type] = given.groups[type]?.properties
    const asked = {
      token: queue.apiKey,
      distinct_id: options.distinctId ?? distinctId,
      ...(given?.before ? { $anon_distinct_id: given.before } : {}),
      groups: sorted(options.groups ?? groups),
      person_properties: { ...given?.person, ...options.personProperties },
      group_properties: { ...groupProperties, ...options.groupProperties },
      geoip_disable: options.disableGeoip ?? ports.disableGeoip,
      ...(anonymousId ? { $device_id: anonymousId } : {}),
      ...(keys ? { flag_keys_to_evaluate: keys } : {}),
    }
    return ports.write(asked)
  }

  async function ask(body: string, goesOn: () => boolean): Promise<FlagAnswer | FlagError> {
    const url = `${queue.host}/flags/?v=2`
    for (let retry = 0; ; retry++) {
      const isAsked = typeof headers === 'function'
      const asked = isAsked ? await askHeaders(headers, clock) : headers
      if (typeof asked === 'string') warn(`feature flags could not be loaded (${asked})`)
      // A person who has opted out meanwhile is not asked about.
      if (typeof asked === 'string' || (isAsked && !goesOn())) return 'unknown_error'
      const request = { url, headers: { ...asked, 'Content-Type': 'application/json' }, body }
      const outcome = await sender.send(request, { timeoutMs, readBody: true })
      const failed = outcome.kind === 'timeout' || outcome.kind === 'unreachable'
      const again = failed || (outcome.kind === 'reply' && RETRIED.has(outcome.status))
      if (again && retry < maxRetries) {
        await clock.timer(RETRY_MS * 2 ** retry).done
        if (!goesOn()) return errorOf(outcome)
        continue
      }
      const answer = outcome.kind === 'reply' && outcome.status < 300 ? parseFlagAnswer(outcome.body) : undefined
      if (!answer) warn(`feature flags could not be loaded (${'status' in outcome ? outcome.status : outcome.kind})`)
      return answer ?? errorOf(outcome)
    }
  }

  return { body, ask }
}

function errorOf(outcome: SendOutcome): FlagError {
  if (outcome.kind === 'timeout') return 'timeout'
  if (outcome.kind === 'reply' && outcome.status >= 300) return `api_error_${outcome.status}`
  return outcome.kind === 'unreachable' ? 'connection_error' : 'unknown_error'
}
