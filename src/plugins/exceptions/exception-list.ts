/** A thrown value and what it carries, as the `$exception_list` of PostHog's error tracking. */

import { asRecord, isObject, isText } from '../../core/base/values'
import { chunkIds } from './chunk-ids'
import { type Described, describe } from './describe'
import { type StackFrame, stackFrames } from './stack-frames'

/**
 * How an exception came to be captured. What is not known is absent, and what is not valid counts as absent, without a
 * warning.
 */
export interface Mechanism {
  /**
   * The kind of place that captured it, such as `'generic'`, `'onuncaughtexception'` or `'middleware'`: a non-empty
   * string. Default `'generic'`.
   *
   * @example
   * captureException(outlast, error, {}, { mechanism: { type: 'middleware' } })
   */
  type?: string | undefined
  /**
   * Whether the site's own code has caught it. Default `true`.
   *
   * @example
   * captureException(outlast, error, {}, { mechanism: { handled: false } })
   */
  handled?: boolean | undefined
  /**
   * Whether the exception, or its stack, was made up because a value had none. Default what is found out about the
   * value.
   *
   * @example
   * captureException(outlast, 'no answer', {}, { mechanism: { synthetic: true } })
   */
  synthetic?: boolean | undefined
}

export interface Exception {
  /** The name of the error, such as `TypeError`. */
  type: string
  /** Its message. */
  value: string
  mechanism: Mechanism & { exception_id: number; parent_id?: number; source?: string }
  stacktrace?: { type: 'raw'; frames: StackFrame[] }
}

/** The most exceptions of one event, as PostHog's contract has it. */
const MAX_EXCEPTIONS = 50
/** The most members of aggregates that are looked at for one event, as PostHog's contract has it. */
const MAX_MEMBERS = 1_000
/**
 * The most frames of an exception that another one carries, so that an event is no larger than `maxEventBytes` (by
 * default 1,000,000).
 */
const MAX_CARRIED_FRAMES = 10
/** The longest message, in characters, for the same reason. */
const MAX_VALUE = 5_000

/**
 * Lists a value, what caused it, and the errors that it stands for: depth first, each object once.
 *
 * @param mechanism of the place that captured the value; absent where that is not known. A field that is not valid is
 * left out
 * @param here the stack of the call: for a value that has no stack of its own
 */
export function exceptionList(given: unknown, mechanism?: Mechanism, here?: string): [Exception, ...Exception[]] {
  const list: Exception[] = []
  const seen = new Set<unknown>()
  const idOf = chunkIds()
  let members = 0

  function add(value: unknown, parent?: { id: number; source: string }): void {
    if (list.length >= MAX_EXCEPTIONS || (isObject(value) && seen.has(value))) return
    seen.add(value)
    const described = describe(value)
    const ownStack = described.stack
    const stack = ownStack ?? (parent ? undefined : here)
    const id = list.length
    const synthetic = described.synthetic || (ownStack === undefined && stack !== undefined)
    const frames = stackFrames(stack ?? '', { idOf, message: ownStack && described.message })
    // The innermost frames matter most, and they are last.
    const kept = frames.slice(parent ? -MAX_CARRIED_FRAMES : 0)
    list.push({
      type: described.type,
      value: cut(described.value),
      mechanism: parent
        ? { type: 'chained', source: parent.source, synthetic, exception_id: id, parent_id: parent.id }
        : { ...(mechanism && { synthetic, ...validMechanism(mechanism) }), exception_id: id },
      ...(kept.length > 0 && { stacktrace: { type: 'raw', frames: kept } }),
    })
    addCarried(described, id)
  }

  function addCarried({ cause, members: all = [] }: Described, id: number): void {
    if (cause) add(cause, { id, source: 'cause' })
    for (let index = 0; index < all.length && members < MAX_MEMBERS; index++) {
      members++
      add(memberOf(all, index), { id, source: 'member' })
    }
  }

  add(given)
  return list as [Exception, ...Exception[]]
}

/** The valid fields of a mechanism: a field of another type counts as absent. */
export function validMechanism(given: unknown): Mechanism {
  const { type, handled, synthetic } = asRecord(given)
  return {
    ...(isText(type) && { type }),
    ...(typeof handled === 'boolean' && { handled }),
    ...(typeof synthetic === 'boolean' && { synthetic }),
  }
}

function memberOf(all: ArrayLike<unknown>, index: number): unknown {
  try {
    return all[index]
  } catch {
    return 'Unknown error'
  }
}

const cut = (text: string) => (text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text)

/**
 * The stack of the code that called a function of this library.
 *
 * @param boundary that function of this library, which has to call this one itself
 */
export function callersStack(boundary: (...args: never[]) => unknown): string | undefined {
  const { captureStackTrace } = Error as { captureStackTrace?: (holder: object, upTo: unknown) => void }
  const holder: { stack?: string } = {}
  if (captureStackTrace) captureStackTrace(holder, boundary)
  else {
    // Stacks of Firefox and WebKit have no header: their first two lines are this function and `boundary`.
    holder.stack = Error().stack?.split('\n').slice(2).join('\n')
  }
  return holder.stack
}
