/** Has events written in full from now on, and amends those that the first code has written as well as it could. */

import { serializeEvent } from '../../core/event/codec'
import type { OutlastEvent, Properties } from '../../core/event/event'
import { toUtcTimestamp } from '../../core/event/timestamp'
import { MAX_DEPTH } from '../../core/event/write-json'
import type { Handover } from '../../core/queue/handover'
import type { Early } from '../first/capture'
import type { Front } from '../first/front'
import { amendOutbox } from './amend-outbox'
import type { Correct, Corrected } from './corrections'
import { debug } from './debug'
import type { Masking } from './masking'
import { warnOfArguments } from './warn-of-arguments'

/** A text with one of these characters may be an address in which something is to be masked. */
export const MASKABLE = /[?#@;]/

/**
 * @param masking what is left out of addresses
 * @param correct what else the first code's events are to say
 * @returns the handovers that were amended: what is on disk of them is to be written again
 */
export function writeValues(
  { capture, outbox, setup: config }: Pick<Front, 'capture' | 'outbox' | 'setup'>,
  masking: Masking | undefined,
  correct?: Correct,
): Handover[] {
  const early = new Map(capture.early?.map((made) => [made.json, made]))
  const { logs: log } = config
  const write: (typeof capture)['wire']['serialize'] = (event, format) =>
    serializeEvent(event, format, config.apiKey, {
      ...masking,
      onLeftOut: (path, error) => log.warnOf('property', event.event, path.join('.'), error),
    })
  capture.early = undefined
  capture.wire = {
    format: config.format,
    toUtc: toUtcTimestamp,
    serialize(event, format, given) {
      warnOfArguments(log, event, given)
      debug(log, `captured ${event.event} ${event.uuid}`)
      return write(event, format)
    },
  }
  for (const { event, given } of early.values()) {
    warnOfArguments(log, event, given)
    debug(log, `captured ${event.event} ${event.uuid}`)
  }

  return amendOutbox({ outbox, setup: config }, (json) => {
    const made = early.get(json)
    // Another text only where the late code has more to say.
    const whole = made && withSnapshot(made, masking !== undefined, correct?.(made))
    return whole && write(whole, config.format)
  })
}

/**
 * The event as the first code wrote it when it was captured, but for the properties that need another form. These are
 * written from the copies, so that nothing goes out that the page has changed since its hooks have seen the event. A
 * value that cannot be copied, or has a `toJSON`, which no copy has, is read now. `undefined` where no property needs
 * another form.
 *
 * @param corrected what the event is to say besides, or in place of its own
 */
function withSnapshot(
  { json, event, copies }: Early,
  isMasked: boolean,
  corrected?: Corrected,
): OutlastEvent | undefined {
  const given = event.properties
  const names = Object.keys(given)
  const special = new Set(names.filter((name) => !isPlain(() => given[name], isMasked)))
  if (special.size === 0 && !corrected) return undefined
  const snapshot: Properties = JSON.parse(json).properties
  const properties: Properties = Object.create(null)
  for (const name of names) {
    const isCopied = Object.hasOwn(copies, name) && !hasForm(() => given[name])
    const source = !special.has(name) ? snapshot : isCopied ? copies : given
    const get = () => source[name]
    Object.defineProperty(properties, name, { get, enumerable: true, configurable: true })
  }
  const { properties: more = {}, ...rest } = corrected ?? {}
  for (const name of Object.keys(more)) {
    Object.defineProperty(properties, name, { value: more[name], enumerable: true, configurable: true })
  }
  return { ...event, ...rest, properties }
}

/** Whether a `toJSON` says how a value, or one in it, is written. */
function hasForm(read: () => unknown, depth = 0): boolean {
  try {
    const value = read()
    if (typeof value !== 'object' || value === null || value instanceof Date) return false
    // A copy of an error lacks the properties that only some errors have.
    if (depth > MAX_DEPTH || 'toJSON' in value || value instanceof Error) return true
    return Object.keys(value).some((name) => hasForm(() => (value as Properties)[name], depth + 1))
  } catch {
    // The copy has what could be read.
    return false
  }
}

/** Whether the first code has written all of a value that can be written. */
function isPlain(read: () => unknown, isMasked: boolean, depth = 0): boolean {
  try {
    const value = read()
    if (typeof value === 'string') return !isMasked || !MASKABLE.test(value)
    if (typeof value !== 'object' || value === null) return true
    if (depth > MAX_DEPTH) return false
    const isList = Array.isArray(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (!isList && prototype !== null && (prototype !== Object.prototype || 'toJSON' in value)) return false
    const inner = value as Properties
    return Object.keys(value).every(
      (name) => !(isMasked && MASKABLE.test(name)) && isPlain(() => inner[name], isMasked, depth + 1),
    )
  } catch {
    // A value that cannot be read needs the late code, which says so.
    return false
  }
}
