/** P10: a refusal holds in every place that can know of it. Nothing is sent that was captured against it. */

import { GONE } from '../../../src/client/first/person'
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

/** A person who has refused is not written to the device, but for the sign that what is there is no longer true. */
export function personStored({ page, value, isRefused }: PersonWritten): Breach | undefined {
  if (!isRefused || value === GONE) return undefined
  return new Breach('consent', `${page} has stored a person who had refused: ${value}`)
}

export interface PersonWritten {
  page: string
  value: string
  isRefused: boolean
}

interface Leaving extends Pick<Circumstances, 'choices'> {
  events: Outgoing[]
}
