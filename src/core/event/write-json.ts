/**
 * Writes JSON of any value that a page may put into an event. A value for which JSON has no form gets one, and a value
 * that cannot be read is left out alone, at any depth. Prototypes that a page has patched with a `toJSON` of arrays or
 * dates, as old versions of Prototype.js do, change nothing. docs/event-values.md lists what becomes of each kind of
 * value.
 */

import { plainJson } from './plain-json'
import { wellFormedJson } from './well-formed-json'

/** What is written in place of a value that contains itself, where it comes again. */
const CIRCULAR = '[Circular]'

const TOO_DEEP = '[Too deep]'

/**
 * The most levels of objects in each other. PostHog's server reads 128 and refuses the whole request beyond
 * (serde_json).
 */
export const MAX_DEPTH = 100

/**
 * The most characters of one property in which something contains itself. Where the objects are a page's own machinery,
 * such as React's elements, they contain themselves in endlessly many ways, each of which would be written.
 */
const MAX_CYCLIC_LENGTH = 100_000

/**
 * The most characters of one property in which an object comes more than once. Where each object comes twice in the one
 * around it, the text doubles with every level.
 */
const MAX_SHARED_LENGTH = 1_000_000

/** The most characters of any event: the highest `maxEventBytes`. */
const MAX_LENGTH = 20 * 1024 ** 2

/** The level of an event's properties: they are in `properties`, which is in the event. */
const PROPERTIES_LEVEL = 2

export interface Writing {
  /** Called for each value that cannot be read, or that is too long, with the place of the value and the error. */
  onLeftOut?(path: string[], error: unknown): void
  /** Gives the text to write in place of a text that stands under this name. */
  textFor?(text: string, name: string): string
  /** Gives the name to write in place of a name. */
  nameFor?(name: string): string
}

/** @returns `undefined` where JSON has nothing for the value: for `undefined`, a function or a symbol */
export function writeJson(root: unknown, writing: Writing = {}): string | undefined {
  const plain = writing.textFor || writing.nameFor ? undefined : plainJson(root)
  return plain === undefined ? writeEach(root, writing) : wellFormedJson(plain)
}

function writeEach(root: unknown, { onLeftOut, textFor = same, nameFor = same }: Writing): string | undefined {
  /** The objects that are being written, each within the one before it. */
  const within: object[] = []
  const path: string[] = []
  const tooLong = Error('it is too long, or without end')
  /** The characters of the event's properties so far, but for the one that is being written. */
  let before = 0
  /** The characters of the property that is being written. */
  let length = 0
  /** The most characters that this property may have. */
  let limit = MAX_LENGTH
  /** The objects in this property. */
  let met = new WeakSet<object>()

  function counted(json: string): string {
    length += json.length
    if (length > limit) throw tooLong
    return json
  }

  function beginProperty(): void {
    before += length
    length = 0
    limit = MAX_LENGTH - before
    met = new WeakSet()
  }

  const quoted = (text: string) => counted(quote(text))
  const isInProperty = () => within.length > PROPERTIES_LEVEL

  function write(value: unknown, name: string): string | undefined {
    if (typeof value === 'string') return quoted(textFor(value, name))
    if (typeof value === 'bigint') return quoted(String(value))
    if (typeof value === 'number') return counted(Number.isFinite(value) ? String(value) : 'null')
    if (typeof value === 'boolean' || value === null) return counted(String(value))
    return typeof value === 'object' ? writeObject(value, name) : undefined
  }

  function writeObject(value: object, name: string): string | undefined {
    if (within.includes(value)) return circular()
    if (within.length >= MAX_DEPTH) return quoted(TOO_DEEP)
    within.push(value)
    if (met.has(value)) limit = Math.min(limit, MAX_SHARED_LENGTH)
    met.add(value)
    try {
      if (isInProperty()) counted('{}')
      const given = formOf(value, name)
      if (given !== value && within.includes(given as object)) return circular()
      if (Array.isArray(given)) return writeArray(given, name)
      return typeof given === 'object' && given !== null ? writeMembers(given) : write(given, name)
    } finally {
      within.pop()
    }
  }

  function circular(): string {
    limit = Math.min(limit, MAX_CYCLIC_LENGTH)
    return quoted(CIRCULAR)
  }

  /** @param name the list's, under which the texts in the list stand too */
  function writeArray(list: readonly unknown[], name: string): string {
    const parts: string[] = []
    // A hole has a place too.
    for (let index = 0; index < list.length; index++) {
      parts.push(attempt(() => list[index], String(index), name) ?? counted('null'))
    }
    return `[${parts.join(',')}]`
  }

  function writeMembers(object: object): string {
    const parts: string[] = []
    for (const name of Object.keys(object)) {
      if (within.length === PROPERTIES_LEVEL) beginProperty()
      const json = attempt(() => (object as Record<string, unknown>)[name], name)
      if (json !== undefined) parts.push(`${(isInProperty() ? quoted : quote)(nameFor(name))}:${json}`)
    }
    return `{${parts.join(',')}}`
  }

  /**
   * Reads and writes one value. A value that throws is left out alone; one that is too long is left out with its whole
   * property.
   */
  function attempt(read: () => unknown, step: string, name = step): string | undefined {
    const depth = within.length
    path.push(step)
    try {
      return write(read(), name)
    } catch (error) {
      if (error === tooLong && depth > PROPERTIES_LEVEL) throw error
      onLeftOut?.([...path], error)
      return undefined
    } finally {
      path.pop()
    }
  }

  return write(root, '')
}

const same = (text: string) => text

const quote = (text: string) => wellFormedJson(JSON.stringify(text))

/** Forms of values for which JSON has none, by the platform's name for their kind. */
const FORMS: Record<string, (value: never) => unknown> = {
  Date: (date: Date) =>
    Number.isNaN(Date.prototype.getTime.call(date)) ? null : Date.prototype.toISOString.call(date),
  Map: (map: Map<unknown, unknown>) => Object.fromEntries([...map].map(([key, value]) => [String(key), value])),
  Set: (set: Set<unknown>) => [...set],
  Error: errorForm,
  DOMException: errorForm,
  RegExp: String,
  // As an address: no mask would know its parts again.
  Location: String,
  URLSearchParams: String,
  ArrayBuffer: (buffer: ArrayBuffer) => Array.from(new Uint8Array(buffer)),
  DataView: (view: DataView) => Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)),
  String: (boxed: { valueOf(): unknown }) => boxed.valueOf(),
  Number: (boxed: { valueOf(): unknown }) => boxed.valueOf(),
  Boolean: (boxed: { valueOf(): unknown }) => boxed.valueOf(),
  BigInt: (boxed: { valueOf(): unknown }) => boxed.valueOf(),
}

/** An error without its stack, which has addresses and paths in it that the site has not asked to send. */
function errorForm(error: Error) {
  const { name, message, cause } = error
  return { ...error, name, message, ...(cause === undefined ? {} : { cause }) }
}

/** What stands for an object: the object itself if it is a plain one. */
function formOf(value: object, name: string): unknown {
  if (Array.isArray(value)) return value
  const tag = Object.prototype.toString.call(value)
  const form = Object.hasOwn(FORMS, tag.slice(8, -1)) ? FORMS[tag.slice(8, -1)] : undefined
  const { toJSON, addEventListener } = value as Record<string, unknown>
  const isPatched = toJSON === Reflect.get(Object.prototype, 'toJSON')
  // Dates have a `toJSON`, which old versions of Prototype.js replace by one that writes quotes into the text.
  if (tag !== '[object Date]' && typeof toJSON === 'function' && !isPatched) return toJSON.call(value, name)
  if (form) return form(value as never)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>)
  // The window, elements and the like lead to all of the page.
  return typeof addEventListener === 'function' ? tag : value
}
