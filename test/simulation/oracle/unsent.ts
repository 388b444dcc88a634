/** What an open page has captured and has on disk is sent, while nothing is in its way. */

import { Breach } from '../../support/breach'

export interface Unsent {
  page: string
  /** An event on disk that no request has had. */
  uuid: string
  /** For how long it has been captured and nothing was in its way, in ms. */
  waitedMs: number
  limitMs: number
}

export function unsent({ page, uuid, waitedMs, limitMs }: Unsent): Breach | undefined {
  if (waitedMs <= limitMs) return undefined
  return new Breach('unsent', `${uuid} of ${page} has waited ${waitedMs} ms, and no request had it`)
}
