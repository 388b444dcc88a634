/** P10: a refusal holds in every place that can know of it. Nothing is sent that was captured against it. */

import { Breach } from '../../support/breach'
import type { Outgoing } from './facts'

export function consent({ events }: { events: Outgoing[] }): Breach | undefined {
  const witness = events.find((event) => event.witness.unwelcome)?.witness
  if (!witness) return undefined
  return new Breach('consent', `${witness.uuid} of ${witness.page} was sent, and the person had refused before`)
}
