/** What the parts of one instance share. */

import type { Clock, Sender } from '../../core/base/ports'
import type { OutlastEvent, Properties } from '../../core/event/event'
import type { Outlast, OutlastOptions } from '../../page/types'
import type { PostHogEvent } from '../posthog-js'
import type { Device } from './device'
import type { PostHogConfig, PostHogLike } from './types'

export interface CompatPorts {
  /** The `init` of outlast. */
  init: (apiKey: string, options?: OutlastOptions) => Outlast
  clock: Clock
  newId: () => string
  /** Sends requests for feature flags. Absent where there is no page: nothing is asked there. */
  sender: Sender | undefined
}

/** An event on its way through the client. */
export interface Call {
  /** What posthog-js puts beside an event's properties. */
  sets: Pick<PostHogEvent, '$set' | '$set_once' | '$unset'>
  /** Whether the event is PostHog's minimal `$feature_flag_called`, with which only what such an event needs may go. */
  minimal?: boolean
  /** The event as the site's hooks left it; `undefined` if there is none. */
  result: PostHogEvent | undefined
}

export type Listener = (detail?: unknown) => void

export interface Self {
  readonly ports: CompatPorts
  /** The object that the site calls. */
  readonly face: PostHogLike
  config: PostHogConfig
  /** The project's token, without spaces around it. */
  token: string
  client: Outlast | undefined
  device: Device
  /** Whether the client's own events are kept back, for steps that posthog-js has no event for. */
  muted: boolean
  /** Whether the client stores nothing, because the person has not agreed yet. */
  quiet: boolean
  /** The functions to call once the person may be observed. */
  onConsent: Set<() => void>
  /** Whether the person may be observed. */
  isCapturing(): boolean
  /** Whether the event that is captured now makes a profile of the person. */
  makesProfile(): boolean
  /** The window's id, as the latest event had it. */
  windowId: string
  /** Properties that the parts add to each event. */
  additions: ((event: OutlastEvent) => Properties)[]
  /** Calls that came before `init`. */
  waiting: (() => void)[]
  /** The listeners of `on`, by the names of their events. */
  listeners: Record<string, Set<Listener>>
  /** The event that is on its way at this moment. */
  call: Call | undefined
}

/** Whether the server may be asked for flags. */
export const asksForFlags = ({ config }: Self): boolean =>
  !config.advanced_disable_flags && !config.advanced_disable_feature_flags

/** Tells listeners of `on`. A listener that throws does not keep the others from hearing. */
export function tellListeners(self: Self, name: string, detail?: unknown): void {
  for (const listener of self.listeners[name] ?? []) safely(() => listener(detail), `a listener of "${name}"`)
}

/** Runs code of the site, which may throw. */
export function safely<T>(run: () => T, what: string): T | undefined {
  try {
    return run()
  } catch (error) {
    console.warn(`[outlast] ${what} threw: ${String(error)}`)
    return undefined
  }
}

/** A function that warns of each subject once. */
export function onceEach(): (subject: string, message: string) => void {
  const told = new Set<string>()
  return (subject, message) => {
    if (told.has(subject)) return
    told.add(subject)
    console.warn(`[outlast] ${message}`)
  }
}

export const stringsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '')
