/** Asks the server for the feature flags of the present person. */

import { createFlagRequests, type FlagRequests } from '../../client/flags/flag-requests'
import { createPause } from '../../client/flags/pause'
import { MASKABLE } from '../../client/late/write-values'
import { hostFrom } from '../../core/config/queue-config'
import { asItIs, type Properties } from '../../core/event/event'
import { wellFormedJson } from '../../core/event/well-formed-json'
import { outlastOptions } from './config'
import type { FlagState } from './flag-state'
import type { Given, GivenForFlags } from './given-for-flags'
import { asksForFlags, type Self, tellListeners } from './self'

export interface FlagLoading {
  /** @param gently whether nothing is asked while a server that gave no flags is left alone */
  reload(gently?: boolean): void
  /** The person and the groups whose flags were asked for last, as `FlagState.whose` says. */
  of: string | undefined
  /** What went wrong with the latest answer, in PostHog's words. */
  errors: string[]
}

/** @param tell called after each answer, and after each request that had none */
export function createFlagLoading(
  self: Self,
  state: FlagState,
  given: GivenForFlags,
  tell: (failed: boolean) => void,
): FlagLoading {
  let requests: FlagRequests | undefined
  let loading: Promise<void> | undefined
  const pause = createPause(self.ports.clock)

  function requestsOf(): FlagRequests | undefined {
    const { ports, config, token } = self
    const host = hostFrom(config.api_host, globalThis.location?.origin)
    // A client with a host or a token that cannot be used knows no person, so no flags are asked for.
    if (!ports.sender || host === undefined || !self.client?.getAnonymousId()) return undefined
    const options = outlastOptions(config, false)
    requests ??= createFlagRequests({
      queue: { apiKey: token, host },
      clock: ports.clock,
      sender: ports.sender,
      person: () => ({
        distinctId: self.client?.getDistinctId() ?? '',
        anonymousId: self.client?.getAnonymousId() ?? '',
        groups: self.device.groups(),
      }),
      context: { read: () => ({ of: '', person: {}, groups: {}, ...whoWas(given.read()) }) },
      disableGeoip: false,
      options,
      warn: (message) => console.warn(`[outlast] ${message}`),
      write: (value) => written(value, Boolean(options.mask)),
    })
    return requests
  }

  async function load(): Promise<void> {
    // The changes of person and groups within one task are asked for once.
    await undefined
    const asking = requestsOf()
    if (!asking || !self.isCapturing()) return
    const body = () => bodyOf(asking, given.read())
    tellListeners(self, 'featureFlagsReloading', true)
    self.face.flagsEndpointWasHit = true
    const asked = body()
    own.of = state.whose()
    const told = await asking.ask(asked, self.isCapturing)
    const answer = typeof told === 'string' ? undefined : told
    if (!self.isCapturing()) return
    const isFailed = !answer || answer.quotaLimited
    // Properties that were given meanwhile are no reason to ask a server again that gives no flags; another person is
    // one.
    if (asked !== body() && !(isFailed && own.of === state.whose())) return load()
    own.errors = [
      ...(typeof told === 'string' ? [told] : []),
      ...(answer?.partial ? ['errors_while_computing_flags'] : []),
      ...(answer?.quotaLimited ? ['quota_limited'] : []),
    ]
    if (isFailed) pause.failed('')
    else {
      pause.end()
      if (given.read().before !== undefined) given.change((its) => delete its.before)
      const before = answer.partial ? state.set()?.flags : undefined
      state.take({ ...answer, flags: { ...before, ...answer.flags } }, true)
    }
    const toldOf = body()
    tell(isFailed)
    // A listener may have changed the person or the groups.
    if (toldOf !== body() && pause.isOver()) return load()
  }

  const own: FlagLoading = {
    of: undefined,
    errors: [],
    reload(gently) {
      if (!asksForFlags(self) || loading || (gently && !pause.isOver())) return
      loading = load().finally(() => {
        loading = undefined
      })
    },
  }
  return own
}

const whoWas = ({ before }: Given) => (before === undefined ? {} : { before })

function bodyOf(asking: FlagRequests, { person, groups }: Given): string {
  try {
    return asking.body({ personProperties: person, groupProperties: groups })
  } catch {
    // A property that JSON cannot express is left out: the server knows the person's other properties.
    return asking.body({})
  }
}

/**
 * JSON of a request. Where addresses are masked in events, an address in which something could be masked is left out.
 */
function written(value: object, isMasked: boolean): string {
  const isHidden = (name: string, text: unknown) =>
    isMasked && /(ur[li]|href|referrer|filename|location)s?$/i.test(name) && MASKABLE.test(String(text))
  return wellFormedJson(
    JSON.stringify(value, function (this: Properties, name, one) {
      return isHidden(name, one) ? undefined : asItIs.call(this, name, one)
    }),
  )
}
