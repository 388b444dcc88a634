/**
 * The rules of a queue: decisions of a person or a site. They are stored beside the queue, so that they also hold for
 * pages and hosts that no message has reached. A page's first code writes them itself, without a host.
 */

import type { Millis } from '../base/ports'
import { asRecord } from '../base/values'

export interface Rules {
  /** The person refuses to be observed. */
  refused: boolean
  /**
   * When the person last chose, in ms since the epoch by the platform's clock; 0 for never. It grows with each choice.
   */
  at: Millis
  /** When the person began to refuse and when the person agreed again, in turn: the latest moments, oldest first. */
  turns: Millis[]
  /** Everything captured before this moment is to be erased; 0 for nothing. */
  erase: Millis
  /** An erasure was asked for, and no host has erased the queue's events yet. */
  eraseOwed: boolean
  /** The site's worker has a `beforeSend`: an event that the hook has not seen must not be sent. */
  hooked: boolean
  /** The scope of the worker that has the `beforeSend`; absent where that is not known. */
  hookedBy?: string | undefined
}

/** The most turns that are remembered: more than a person takes while an event waits. */
const MAX_TURNS = 50

export const NO_RULES: Rules = { refused: false, hooked: false, at: 0, eraseOwed: false, turns: [], erase: 0 }

/** Parses rules and fails closed: a damaged record shows only that something was decided. */
export function parseRules(raw: unknown): Rules {
  if (raw === undefined) return NO_RULES
  const given = asRecord(raw)
  // A turn that is no number counts for nothing: it is later than no capture.
  const turns = [given.turns].flat().slice(-MAX_TURNS) as Millis[]
  return { ...NO_RULES, refused: true, hooked: true, ...given, turns }
}

/**
 * Whether an event that was captured at that moment must not be kept: the person refused at that time, or asked later
 * for everything to be erased.
 */
export function isRefused({ refused, turns, erase }: Rules, capturedAt: Millis): boolean {
  let refusedThen = refused
  for (const at of turns) if (at > capturedAt) refusedThen = !refusedThen
  return refusedThen || capturedAt < erase
}
