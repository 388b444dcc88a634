/** Exceptions: those that a page hands over itself, and those that it tells of where the options ask for them. */

import { asRecord, isObject } from '../../core/base/values'
import type { PropertyBag } from '../../core/event/event'
import { forgetSteps, stateOf } from '../exceptions/client-state'
import { callersStack, exceptionList } from '../exceptions/exception-list'
import { addStep, stepsOf } from '../exceptions/steps'
import type { PostHogEvent } from '../posthog-js'
import { onceEach, type Self, safely } from './self'
import type { PostHogConfig, PostHogLike } from './types'

type Methods = Pick<
  PostHogLike,
  'captureException' | 'addExceptionStep' | 'startExceptionAutocapture' | 'stopExceptionAutocapture'
>

export function createExceptions(self: Self): { methods: Methods; start(): void; forget(): void } {
  const warn = onceEach()
  /** Counts the starts and stops: the code loads late, and may come after a stop. */
  let latest = 0
  let stop = () => {}
  const client = {
    capture(event: string, properties?: PropertyBag): PostHogEvent | undefined {
      const result = self.face.capture(event, asRecord(properties))
      // The steps go with one exception, as in posthog-js.
      if (result) steps().list.length = 0
      return result
    },
    isOptOut: () => !self.isCapturing(),
  }
  const steps = () => {
    const { steps: kept } = stateOf(client)
    const { enabled = true, max_bytes: maxBytes } = asRecord(asRecord(self.config.error_tracking).exception_steps)
    if (typeof maxBytes === 'number') kept.maxBytes = maxBytes
    if (enabled === false) kept.maxBytes = 0
    return kept
  }

  function start(asked: unknown): void {
    stopNow()
    if (!asked || typeof document === 'undefined') return
    const own = ++latest
    void import('../../exceptions').then(
      ({ exceptions }) => {
        if (own === latest) stop = exceptions(client, optionsOf(self.config, asked)).stop
      },
      () =>
        console.warn('[outlast] the code of capture_exceptions could not be loaded; none are captured by themselves'),
    )
  }

  function stopNow(): void {
    latest++
    stop()
    stop = () => {}
  }

  const methods: Methods = {
    captureException(error, properties) {
      const before = stepsOf(steps())
      return client.capture('$exception', {
        $exception_list: exceptionList(
          error,
          { type: 'generic', handled: true },
          callersStack(self.face.captureException),
        ),
        $exception_level: 'error',
        ...(before.length > 0 ? { $exception_steps: before } : {}),
        ...asRecord(properties),
      })
    },
    addExceptionStep(message, properties) {
      // What happens while the person refuses is not told later.
      if (self.client && !self.isCapturing()) return
      const now = self.ports.clock.now()
      safely(() => addStep(steps(), { message, properties, now }, (text) => warn(text, text)), 'a step')
    },
    startExceptionAutocapture: (config) => start(config ?? true),
    stopExceptionAutocapture: stopNow,
  }
  return { methods, start: () => start(self.config.capture_exceptions), forget: () => forgetSteps(stateOf(client)) }
}

/** The options of outlast's own `exceptions`. */
function optionsOf({ error_tracking: tracking }: PostHogConfig, asked: unknown) {
  const parts = isObject(asked) ? asked : { capture_unhandled_errors: true, capture_unhandled_rejections: true }
  const { exceptionRateLimiterBucketSize: burst, captureExtensionExceptions } = asRecord(tracking)
  return {
    uncaughtErrors: Boolean(parts.capture_unhandled_errors),
    unhandledRejections: Boolean(parts.capture_unhandled_rejections),
    consoleErrors: Boolean(parts.capture_console_errors),
    extensions: Boolean(captureExtensionExceptions),
    ...(typeof burst === 'number' ? { burst } : {}),
  }
}
