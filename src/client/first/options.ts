/**
 * Parses the options that are needed before the first event. Invalid values become defaults; the late code warns of
 * them.
 */

import { END_OF_TIME } from '../../core/base/limits'
import { copyOf } from '../../core/base/values'
import { INTAKE } from '../../core/config/intake'
import { hostFrom, readApiKey } from '../../core/config/queue-config'
import type { BeforeSend } from '../../core/event/before-send'
import type { CommonOptions, Logger } from '../types'
import { createLog, type Log } from './log'

export interface CaptureConfig {
  /** The project's token. Blank where the client is `halted`: it then does nothing at all. */
  apiKey: string
  /**
   * Why the client does nothing, if it does nothing: `'apiKey'`, `'host'`, `'needs a page'`, or the name that was given
   * for an option which does not exist there and was to keep something back.
   */
  halted: string | undefined
  host: string
  /**
   * The format for which the first code makes events. The late code turns these into events of v1 where the site wants
   * v1.
   */
  format: 'v0' | 'json'
  disableGeoip: boolean
  historical: boolean
  /**
   * Whether `personProfiles` allows no profiles. The late code sets this for a value that the option does not have,
   * too: fail closed.
   */
  noProfiles: boolean
  /** In the order in which they were given, each once. */
  hooks: Set<BeforeSend>
  /**
   * The option as the site gave it. The late code parses it; until then any value that is truthy is the strictest mask.
   */
  mask: unknown
  /**
   * Whether a beacon would go past what the worker guards: one of the options of `worker` is `true`, which are
   * `beforeSend`, `requestHeaders` and a relay's own `relay`.
   */
  workerGuards: boolean
  maxEventBytes: number
  maxQueueSize: number
  maxQueueBytes: number
  logs: Log
  /** The `clock` option, which stamps events. */
  now: () => number
  /** The platform's clock, for everything else: other tabs and the worker share the queue, and use it too. */
  wall: () => number
}

export interface Defaults {
  logger: Logger
  now: () => number
  /**
   * Whether the platform accepts the URL. A text of the right form may be invalid: a port above 65535, a bad IDN name.
   */
  isUrl(text: string): boolean
  /** The page's own origin, of which a host that is a path is a part. */
  origin?: string
}

export function readCaptureOptions(apiKey: unknown, raw: unknown, defaults: Defaults): CaptureConfig {
  const given = copyOf(raw)
  const options = given as CommonOptions
  const { clock } = options
  const key = readApiKey(apiKey)
  // 0 is no host: a host that is given under posthog-js's name alone halts the client, since the default host may be
  // another region's.
  const host = hostFrom(options.host ?? (given.api_host && 0), defaults.origin) ?? ''
  // Numbers are not brought within their minimum and maximum here: the host does that.
  const bounds = { ...INTAKE }
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const given = options[name]
    if (typeof given === 'number' && given >= 0 && given < Number.POSITIVE_INFINITY) bounds[name] = Math.floor(given)
  }
  const log = createLog(has(options.logger, 'warn') ? options.logger : defaults.logger, options.debug === true)
  // Fails closed: events that were to pass a hook, for example, must not go out without the hook. The names found here
  // are posthog-js's guards, misspelt guards of this library, or guards in the wrong place: a worker masks nothing.
  const both: Record<string, unknown> = { ...given, mask: 0, persistence: 0, ...copyOf(given.worker), beforeSend: 0 }
  const held = Object.keys(both).find(
    (name) => both[name] && /befor|send|mask|sist|n_pro|list|_dnt|t_?out|sani|kieless_|cons(?!ent$)/i.test(name),
  )
  // Nor may events go to a host that the site did not mean.
  const halted = held ?? (key ? (defaults.isUrl(host) ? undefined : 'host') : 'apiKey')
  return {
    apiKey: halted ? '' : (key as string),
    halted,
    host,
    format: options.captureMode === 'json' ? 'json' : 'v0',
    disableGeoip: options.disableGeoip === true,
    noProfiles: given.personProfiles === 'never',
    historical: options.historicalMigration === true,
    hooks: hooksFrom(options.beforeSend),
    mask: options.mask,
    workerGuards: Object.values(copyOf(given.worker)).includes(true),
    ...bounds,
    logs: log,
    now: withinDates(has(clock, 'now') ? () => clock.now() : defaults.now),
    wall: withinDates(defaults.now),
  }
}

/** Whether `given` has a method `name`. */
export function has<Name extends string>(given: unknown, name: Name): given is Record<Name, () => unknown> {
  try {
    // `given` may be a function: `Date` is a valid clock.
    return typeof (given as Record<Name, unknown> | undefined)?.[name] === 'function'
  } catch {
    return false
  }
}

export function listOf(given: unknown): unknown[] {
  try {
    return [given].flat()
  } catch {
    return [undefined]
  }
}

/** A hook that is not a function becomes one that drops every event: fail closed. */
function hooksFrom(given: unknown): Set<BeforeSend> {
  return new Set(listOf(given ?? []).map((hook) => (typeof hook === 'function' ? (hook as BeforeSend) : () => null)))
}

/** A clock that is always valid: where `now` throws or gives no valid time, the platform's own time is taken. */
function withinDates(now: () => number): () => number {
  return () => {
    try {
      const at = now()
      if (typeof at === 'number' && at >= 0 && at < END_OF_TIME) return at
    } catch {
      // A clock that throws counts as one that gives no valid time.
    }
    // biome-ignore lint/complexity/useDateNow: it may have been replaced, as said above.
    return new Date().getTime()
  }
}
