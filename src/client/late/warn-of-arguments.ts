/** Warns of what `capture` was given and cannot use. */

import { asRecord, isObject, isPresent } from '../../core/base/values'
import { canonicalUuid, type OutlastEvent } from '../../core/event/event'
import { toUtcTimestamp } from '../../core/event/timestamp'
import type { Arguments } from '../first/capture'
import type { Log } from '../first/log'

/** The options of `capture`. `minimalNames` is for flags alone. */
const OPTIONS = new Set(['distinctId', 'uuid', 'timestamp', 'groups', 'minimalNames'])

export function warnOfArguments({ warnOf }: Log, { event, uuid, timestamp }: OutlastEvent, given?: Arguments): void {
  if (!given) return
  const { properties } = given
  const options = asRecord(given.options)
  if (isPresent(properties) && (!isObject(properties) || Array.isArray(properties)))
    warnOf('properties', event, properties)
  for (const name of Object.keys(options)) if (!OPTIONS.has(name)) warnOf('option', name)
  if (isPresent(options.uuid) && !canonicalUuid(options.uuid)) warnOf('uuid', options.uuid, uuid)
  if (isPresent(options.timestamp) && !toUtcTimestamp(options.timestamp))
    warnOf('timestamp', options.timestamp, timestamp)
}
