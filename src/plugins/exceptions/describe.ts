/** What is said of a thrown value, in the words of posthog-js: issues that are grouped by them stay together. */

import { isObject } from '../../core/base/values'

export interface Described {
  type: string
  value: string
  /** The value's own stack. Absent where it has none. */
  stack?: string | undefined
  /** The message that such a stack begins with in Chromium. */
  message?: string
  /** Whether the value is no error, so that its description is made up. */
  synthetic: boolean
  /** Values that it carries: each with what it is to this one. */
  carried: Carried
}

export interface Carried {
  cause?: unknown
  /** Of an `AggregateError`, to be read one by one. */
  members?: ArrayLike<unknown> | undefined
  /** Of a `SuppressedError`. */
  suppressed?: unknown
}

/** The longest list of an object's keys, in characters. */
const MAX_KEYS = 40
/** The most values that wrap each other: the event of an error, a rejection with an object that has the error in it. */
const MAX_WRAPPERS = 4

const UNKNOWN: Described = { type: 'Error', value: 'Unknown error', synthetic: true, carried: {} }

/** Says what it can of a value, whose properties may throw when they are read. */
export function describe(given: unknown): Described {
  try {
    return describeAny(given, MAX_WRAPPERS)
  } catch {
    // Whatever it is, it has been thrown, and that is to be known.
    return UNKNOWN
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const plain = (type: string, value: string, stack?: string): Described => ({
  ...{ type, value, stack, synthetic: true, carried: {} },
})

/** What the message of an uncaught error begins with. */
const ERROR_TEXT =
  /^(?:uncaught (?:exception: )?)?(?:((?:Eval|Internal|Range|Reference|Syntax|Type|URI|)Error): )?(.*)$/is

function describeText(text: string, stack?: string): Described {
  const [, type = 'Error', value = text] = ERROR_TEXT.exec(text) ?? []
  return plain(type, value, stack)
}

/** Also one of another frame, whose constructors are not this page's. */
const isError = (given: object): given is Error =>
  given instanceof Error || Object.prototype.toString.call(given) === '[object Error]'

function describeAny(given: unknown, wrappers: number): Described {
  if (typeof given === 'string') return describeText(given)
  if (!isObject(given)) return plain('Error', `Primitive value captured as exception: ${String(given)}`)
  if (typeof DOMException === 'function' && given instanceof DOMException) return describeDomException(given)
  if (isError(given)) return describeError(given)
  if (wrappers <= 0) return UNKNOWN
  if (typeof Event === 'function' && given instanceof Event) return describeEvent(given, wrappers)
  return describeObject(given, wrappers)
}

function describeDomException(given: DOMException & { cause?: unknown }): Described {
  const { name, message, cause } = given
  const stack = textOf(Reflect.get(given, 'stack'))
  return {
    ...{ type: 'DOMException', value: message ? `${name}: ${message}` : name },
    ...{ stack, message, synthetic: false, carried: { cause } },
  }
}

function describeError(given: Error): Described {
  const { name, cause } = given
  const message = String(given.message)
  const isOfMany =
    name === 'AggregateError' || (typeof AggregateError === 'function' && given instanceof AggregateError)
  const { errors, error, suppressed } = given as { errors?: unknown; error?: unknown; suppressed?: unknown }
  return {
    type: textOf(name) ?? 'Error',
    value: message,
    stack: textOf(given.stack),
    message,
    synthetic: false,
    carried: {
      cause: name === 'SuppressedError' ? (cause ?? error) : cause,
      ...(isOfMany && Array.isArray(errors) ? { members: errors } : {}),
      ...(name === 'SuppressedError' ? { suppressed } : {}),
    },
  }
}

function describeEvent(given: Event, wrappers: number): Described {
  const { error, message, filename, lineno, colno, reason, detail } = given as Partial<ErrorEvent> &
    Partial<PromiseRejectionEvent> & { detail?: unknown }
  if (error !== undefined && error !== null) return describeAny(error, wrappers - 1)
  const own = textOf(message)
  // The browser says where it happened, also of what has no stack.
  const place = filename && lineno ? `    at ${filename}:${lineno}:${colno ?? 0}` : undefined
  if (own) return describeText(own, place)
  // Libraries of promises tell of a rejection by an event of their own.
  const isOfLibrary = isObject(detail) && 'reason' in detail
  if (isOfLibrary || 'reason' in given) return describeReason(isOfLibrary ? detail.reason : reason, wrappers - 1)
  const type = given.constructor.name
  return plain(type, `${type} captured as exception with keys: ${keysOf(given)}`)
}

function describeReason(reason: unknown, wrappers: number): Described {
  if (isObject(reason)) return describeAny(reason, wrappers)
  return plain('UnhandledRejection', `Non-Error promise rejection captured with value: ${String(reason)}`)
}

function describeObject(given: Record<string, unknown>, wrappers: number): Described {
  const carried = Object.values(given).find((value) => isObject(value) && isError(value))
  if (carried) return describeAny(carried, wrappers - 1)
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

/** As many of the object's keys as have room, in order. */
function keysOf(given: object): string {
  const keys = Object.keys(given).sort()
  if (keys.length === 0) return '[object has no keys]'
  let text = ''
  for (const key of keys) {
    const next = text ? `${text}, ${key}` : key
    if (next.length > MAX_KEYS) break
    text = next
  }
  return text
}
