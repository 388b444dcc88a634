/**
 * Exceptions as events of PostHog's error tracking.
 *
 * @packageDocumentation
 */

export type { Mechanism } from './plugins/exceptions/exception-list'
export {
  addExceptionStep,
  captureException,
  type Exceptions,
  type ExceptionsOptions,
  exceptions,
} from './plugins/exceptions/exceptions'
export type {
  ExceptionClient,
  ExceptionContext,
  ExceptionDropReason,
  ExceptionResult,
} from './plugins/exceptions/report'
