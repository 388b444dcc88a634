/** Errors that a page hands over itself, as `$exception` events of PostHog's error tracking. */

import { asRecord, isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import type { Self } from './self'
import { type StackFrame, stackFrames } from './stack-frames'
import type { PostHogLike } from './types'

interface Found {
  type: string
  value: string
  stack: string | undefined
  /** Whether the stack is of the call and not of an error. */
  synthetic: boolean
  /** What caused it, and the errors that it stands for. */
  cause?: unknown
  members?: unknown[]
}

/** The most errors of one event: causes of causes, and the errors of an `AggregateError`. */
const MAX_ERRORS = 20
/** The most steps that are kept for the next error; the oldest one goes first. */
const MAX_STEPS = 100
/** The longest list of an object's keys, in characters. */
const MAX_KEYS = 40

export function createExceptions(self: Self): Pick<PostHogLike, 'captureException' | 'addExceptionStep'> {
  let steps: Properties[] = []
  return {
    captureException(error, properties) {
      const list = exceptionList(error, new Error('captured here').stack)
      const given = asRecord(properties)
      const result = self.face.capture('$exception', {
        $exception_list: list,
        $exception_level: 'error',
        ...(steps.length > 0 && given.$exception_steps === undefined ? { $exception_steps: steps } : {}),
        ...given,
      })
      if (result) steps = []
      return result
    },
    addExceptionStep(message, properties) {
      if (!isText(message)) return
      const step = {
        ...asRecord(properties),
        $message: message,
        $timestamp: new Date(self.ports.clock.now()).toISOString(),
      }
      steps = [...steps, step].slice(-MAX_STEPS)
    },
  }
}

interface Exception {
  type: string
  value: string
  mechanism: Properties
  stacktrace?: { type: 'raw'; frames: StackFrame[] }
}

/** @param here the stack of the call: for what is no error and has no stack of its own */
export function exceptionList(error: unknown, here: string | undefined): Exception[] {
  const list: Exception[] = []
  const seen = new Set<unknown>()

  function add(given: unknown, parent?: { id: number; source: string }): void {
    if (list.length >= MAX_ERRORS || (isObject(given) && seen.has(given))) return
    seen.add(given)
    const { type, value, stack, synthetic, cause, members } = describe(given, parent ? undefined : here)
    const id = list.length
    const mechanism = parent
      ? { type: 'chained', source: parent.source, synthetic, exception_id: id, parent_id: parent.id }
      : { type: 'generic', handled: true, synthetic, exception_id: id }
    const frames = stack === undefined ? undefined : stackFrames(stack, synthetic ? 2 : 0)
    list.push({ type, value, mechanism, ...(frames ? { stacktrace: { type: 'raw', frames } } : {}) })
    if (cause) add(cause, { id, source: 'cause' })
    for (const member of members ?? []) add(member, { id, source: 'member' })
  }

  add(error)
  return list
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** What an uncaught error's message begins with. */
const ERROR_TEXT =
  /^(?:uncaught (?:exception: )?)?(?:((?:Eval|Internal|Range|Reference|Syntax|Type|URI|)Error): )?(.*)$/i

function describe(given: unknown, here: string | undefined): Found {
  const at = { stack: here, synthetic: true } as const
  if (typeof given === 'string') {
    const [, type = 'Error', value = given] = ERROR_TEXT.exec(given) ?? []
    return { type, value, ...at }
  }
  if (!isObject(given))
    return { type: 'Error', value: `Primitive value captured as exception: ${String(given)}`, ...at }
  const { stack, name, message } = given
  if (typeof DOMException !== 'undefined' && given instanceof DOMException) {
    return {
      type: 'DOMException',
      value: `${name}: ${message}`,
      stack: textOf(stack),
      synthetic: false,
      cause: given.cause,
    }
  }
  if (given instanceof Error) {
    const members = (given as { errors?: unknown }).errors
    return {
      type: given.name || 'Error',
      value: String(given.message),
      stack: textOf(stack) ?? here,
      synthetic: textOf(stack) === undefined,
      cause: given.cause,
      ...(Array.isArray(members) ? { members } : {}),
    }
  }
  if (typeof Event !== 'undefined' && given instanceof Event) {
    // The event of an uncaught error carries that error.
    const { error } = given as { error?: unknown }
    if (error !== undefined && error !== null) return describe(error, here)
    const type = given.constructor.name
    const own = textOf(message)
    return own
      ? describe(own, here)
      : { type, value: `${type} captured as exception with keys: ${keysOf(given)}`, ...at }
  }
  return describeObject(given, at)
}

function describeObject(given: Record<string, unknown>, at: Pick<Found, 'stack' | 'synthetic'>): Found {
  const carried = Object.values(given).find((value) => value instanceof Error)
  if (carried) return describe(carried, at.stack)
  const { name, message, stack } = given
  const own = { type: textOf(name) ?? 'Error', ...at, stack: textOf(stack) ?? at.stack }
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
