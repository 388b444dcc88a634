/** Has events written in full from now on, and amends those that the first code has written as well as it could. */

import { serializeEvent } from '../../core/event/codec'
import type { EventJson, OutlastEvent, Properties } from '../../core/event/event'
import { MAX_DEPTH } from '../../core/event/write-json'
import type { Handover } from '../../core/queue/handover'
import type { Front } from '../first/front'
import { debug } from './debug'
import type { Masking } from './masking'

/**
 * @param masking what is left out of addresses
 * @returns the handovers that were amended: what is on disk of them is to be written again
 */
export function writeValues(
  { capture, outbox, config }: Pick<Front, 'capture' | 'outbox' | 'config'>,
  masking: Masking | undefined,
): Handover[] {
  const early = new Map(capture.early?.map(({ json, event }) => [json, event]))
  const { log } = config
  const write: (typeof capture)['wire']['serialize'] = (event, format, token) =>
    serializeEvent(event, format, token, {
      ...masking,
      onLeftOut: (path, error) => log.warnOf('property', event.event, path.join('.'), error),
    })
  capture.early = undefined
  capture.wire = {
    format: 'v0',
    serialize(event, ...rest) {
      debug(log, `captured ${event.event} ${event.uuid}`)
      return write(event, ...rest)
    },
  }
  for (const { event, uuid } of early.values()) debug(log, `captured ${event} ${uuid}`)

  /** Another text only where the late code has more to say. One that became too long stays as it was. */
  function amended(json: EventJson): EventJson {
    const event = early.get(json)
    const whole = event && withSnapshot(json, event, masking !== undefined)
    const made = whole ? write(whole, 'v0', config.apiKey) : json
    if (made.length > config.maxEventBytes) return json
    outbox.size += made.length - json.length
    return made
  }

  const changed: Handover[] = []
  for (const run of [...outbox.unsent, ...outbox.unacknowledged]) {
    const events = run.events.map(amended)
    if (events.every((json, index) => json === run.events[index])) continue
    run.events = events
    if ('seq' in run) changed.push(run as Handover)
  }
  return changed
}

/**
 * The event with what the first code wrote of it when it was captured, but for the properties that need another form: those
 * are read now. `undefined` where there is none.
 */
function withSnapshot(json: EventJson, event: OutlastEvent, isMasked: boolean): OutlastEvent | undefined {
  const given = event.properties
  const names = Object.keys(given)
  const special = new Set(names.filter((name) => !isPlain(() => given[name], isMasked)))
  if (special.size === 0) return undefined
  const snapshot: Properties = JSON.parse(json).properties
  const properties: Properties = Object.create(null)
  for (const name of names) {
    const get = special.has(name) ? () => given[name] : () => snapshot[name]
    Object.defineProperty(properties, name, { get, enumerable: true })
  }
  return { ...event, properties }
}

/** Whether the first code has written all of a value that can be written. */
function isPlain(read: () => unknown, isMasked: boolean, depth = 0): boolean {
  try {
    const value = read()
    if (typeof value === 'string') return !isMasked || !/[?#@;]/.test(value)
    if (typeof value !== 'object' || value === null) return true
    if (depth > MAX_DEPTH) return false
    const isList = Array.isArray(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (!isList && prototype !== null && (prototype !== Object.prototype || 'toJSON' in value)) return false
    const inner = value as Properties
    return Object.keys(value).every(
      (name) => !(isMasked && /[?#@;]/.test(name)) && isPlain(() => inner[name], isMasked, depth + 1),
    )
  } catch {
    // What cannot be read needs the late code, which says so.
    return false
  }
}
