/** The JSON, uuid and timestamp of an event are the same in every request. */

import { isDeepStrictEqual } from 'node:util'
import { Breach } from '../../support/breach'
import type { Outgoing } from './facts'

export function identity({ events }: { events: Outgoing[] }): Breach | undefined {
  for (const { witness, json, first } of events) {
    const found = first === undefined ? asCaptured(witness, json) : asBefore(witness, json, first)
    if (found) return found
  }
  return undefined
}

function asCaptured({ uuid, name, timestamp }: Outgoing['witness'], json: string): Breach | undefined {
  const sent = JSON.parse(json) as { timestamp: string; event: string }
  if (sent.timestamp !== timestamp) return breach(`${uuid} of ${timestamp} went out as of ${sent.timestamp}`)
  return sent.event === name ? undefined : breach(`"${name}" went out as "${sent.event}"`)
}

/** A worker's hook makes the text anew, where its members may stand in another order. */
function asBefore({ uuid }: Outgoing['witness'], json: string, first: string): Breach | undefined {
  if (first === json || isDeepStrictEqual(JSON.parse(first), JSON.parse(json))) return undefined
  return breach(`${uuid} changed between sends:\n${first}\n${json}`)
}

const breach = (detail: string) => new Breach('identity', detail)
