/** Captures events as posthog-js does, and gives back what the site's hooks left of them. */

import { asRecord, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { PostHogEvent } from '../posthog-js'
import { isRobot } from './robots'
import { type Call, onceEach, type Self, safely, tellListeners } from './self'
import type { PostHogCaptureOptions } from './types'

export interface Capture {
  /** @param minimal whether only what a minimal `$feature_flag_called` needs may go with the event */
  capture(
    event: string,
    properties?: Properties | null,
    options?: PostHogCaptureOptions,
    minimal?: boolean,
  ): PostHogEvent | undefined
  /** Runs a method of the client that may capture an event, and gives that event as the site's hooks left it. */
  through(run: () => void, call?: Partial<Call>): PostHogEvent | undefined
}

export function createCapture(self: Self): Capture {
  const warn = onceEach()

  function through(run: () => void, given: Partial<Call> = {}): PostHogEvent | undefined {
    const outer = self.call
    const call: Call = { sets: {}, result: undefined, ...given }
    self.call = call
    try {
      run()
    } finally {
      // A hook of the site may capture too, within the capture of another event.
      self.call = outer
    }
    const { result } = call
    if (!result) return undefined
    tellListeners(self, 'eventCaptured', result)
    const { _onCapture: told } = self.config
    if (typeof told === 'function') safely(() => told(result.event, result), '_onCapture')
    return result
  }

  function mayCapture(event: unknown): event is string {
    if (!isText(event)) {
      warn('event', `posthog.capture needs the name of an event, got ${String(event)}`)
      return false
    }
    if (!self.isCapturing()) return false
    if (!isRobot(self.config)) return true
    warn(
      'robot',
      `"${event}" and what follows is not captured: this looks like a robot (opt_out_useragent_filter: true)`,
    )
    return false
  }

  return {
    capture(event, given, options, minimal = false) {
      const { client } = self
      if (!client || !mayCapture(event)) return undefined
      const properties = { ...asRecord(given) }
      if (properties.$current_url !== undefined && !isText(properties.$current_url)) delete properties.$current_url
      const { $set, $set_once, $unset, timestamp, uuid } = asRecord(options) as PostHogCaptureOptions
      const sets = { ...($set && { $set }), ...($set_once && { $set_once }), ...($unset && { $unset }) }
      if (timestamp !== undefined) {
        properties.$event_time_override_provided = true
        properties.$event_time_override_system_time = new Date(self.ports.clock.now()).toISOString()
      }
      // The distinct id among the properties is the event's, as on the server.
      const { distinct_id: distinctId } = properties
      delete properties.distinct_id
      return through(
        () =>
          client.capture(event, properties, {
            ...(timestamp === undefined ? {} : { timestamp }),
            ...(uuid === undefined ? {} : { uuid }),
            ...(isText(distinctId) ? { distinctId } : {}),
          }),
        { sets, minimal },
      )
    },
    through,
  }
}
