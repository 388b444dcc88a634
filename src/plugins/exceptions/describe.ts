/** What is said of a thrown value, in the words of posthog-js: issues that are grouped by them stay together. */

import { isObject } from '../../core/base/values'

export interface Described {
  type: string
  value: string
  /** The value's own stack. Absent where it has none. */
  stack?: string | undefined
  /** The message with which the value's own stack begins in Chromium. */
  message?: string
  /** Whether the value is no error, so that its description is made up. */
  synthetic: boolean
  /** What caused the value to be thrown. */
  cause?: unknown
  /** The errors of an `AggregateError`, to be read one by one. */
  members?: ArrayLike<unknown> | undefined
}

/** The longest list of an object's keys, in characters. */
const MAX_KEYS = 40

const UNKNOWN: Described = { type: 'Error', value: 'Unknown error', synthetic: true }

/** Says what it can of a value, whose properties may throw when they are read. */
export function describe(given: unknown): Described {
  try {
    return describeAny(given)
  } catch {
    // A value that cannot be read has been thrown all the same, and the event says so.
    return UNKNOWN
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const plain = (type: string, value: string, stack?: string): Described => ({
  ...{ type, value, stack, synthetic: true },
})

/** The beginning of the message of an uncaught error. */
const ERROR_TEXT =
  /^(?:uncaught (?:exception: )?)?(?:((?:Eval|Internal|Range|Reference|Syntax|Type|URI|)Error): )?(.*)$/is

function describeText(text: string, stack?: string): Described {
  const [, type = 'Error', value = text] = ERROR_TEXT.exec(text) ?? []
  return plain(type, value, stack)
}

/** Whether a value is an error, also one of another frame, whose constructors are not this page's. */
const isError = (given: object): given is Error =>
  given instanceof Error || Object.prototype.toString.call(given) === '[object Error]'

function describeAny(given: unknown): Described {
  if (typeof given === 'string') return describeText(given)
  if (!isObject(given)) return plain('Error', `Primitive value captured as exception: ${String(given)}`)
  if (isError(given)) return describeError(given)
  return given instanceof Event ? describeEvent(given) : describeObject(given)
}

function describeError(given: Error): Described {
  const { name, cause } = given
  const message = String(given.message)
  const { errors } = given as { errors?: unknown }
  const isOfPlatform = given instanceof DOMException
  return {
    type: isOfPlatform ? 'DOMException' : (textOf(name) ?? 'Error'),
    value: isOfPlatform ? `${name}: ${message}` : message,
    // An error of the platform without a stack was never thrown, and is taken as it is.
    stack: textOf(given.stack) ?? (isOfPlatform ? '' : undefined),
    message,
    synthetic: false,
    cause,
    ...(given instanceof AggregateError && Array.isArray(errors) && { members: errors }),
  }
}

function describeEvent(given: Event): Described {
  const { error, message, filename, lineno, colno, reason } = given as Partial<ErrorEvent & PromiseRejectionEvent>
  if (error !== undefined && error !== null) return describeAny(error)
  const own = textOf(message)
  // The browser says where an error happened, also where the value has no stack.
  const place = filename && lineno ? `    at ${filename}:${lineno}:${colno ?? 0}` : undefined
  if (own) return describeText(own, place)
  if ('reason' in given) return describeReason(reason)
  const type = given.constructor.name
  return plain(type, `${type} captured as exception with keys: ${keysOf(given)}`)
}

function describeReason(reason: unknown): Described {
  if (isObject(reason)) return describeAny(reason)
  return plain('UnhandledRejection', `Non-Error promise rejection captured with value: ${String(reason)}`)
}

function describeObject(given: Record<string, unknown>): Described {
  const carried = Object.values(given).find((value) => isObject(value) && isError(value))
  if (carried) return describeAny(carried)
  const { name, message, stack } = given
  const own = { ...plain(textOf(name) ?? 'Error', '', textOf(stack)), message: textOf(message) ?? '' }
  if (typeof name === 'string') {
    const more = typeof message === 'string' ? ` with message: '${message}'` : ''
    return { ...own, value: `'${name}' captured as exception${more}` }
  }
  if (typeof message === 'string') return { ...own, value: message }
  const kind = given.constructor?.name
  const what = kind && kind !== 'Object' ? `'${kind}'` : 'Object'
  return { ...own, value: `${what} captured as exception with keys: ${keysOf(given)}` }
}

/** The names of an object's keys, as many as have room, in order. */
function keysOf(given: object): string {
  const text = Object.keys(given).sort().join(', ')
  if (!text) return '[object has no keys]'
  return text.length > MAX_KEYS ? text.slice(0, MAX_KEYS + 1).replace(/,[^,]*$/, '') : text
}
