/** P10: a refusal holds in every place that can know of it. Nothing is sent that was captured against it. */

import { Breach } from '../../support/breach'
import type { Circumstances, Outgoing } from './facts'

export function consent({ events, choices }: Leaving): Breach | undefined {
  const unwelcome = events.find(
    ({ witness: { page, refusedSince } }) => refusedSince !== undefined && choices.couldRead(page, refusedSince),
  )
  if (!unwelcome) return undefined
  const { uuid, page } = unwelcome.witness
  return new Breach('consent', `${uuid} of ${page.name} was sent, and the person had refused before`)
}

/** A page without its late code hears of a choice by localStorage alone, and no page can read the disk as it goes. */
export function consentOfBeacon(leaving: Leaving): Breach | undefined {
  return leaving.choices.isUnheard ? undefined : consent(leaving)
}

interface Leaving extends Pick<Circumstances, 'choices'> {
  events: Outgoing[]
}
