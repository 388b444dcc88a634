/**
 * The rules of a queue: decisions of a person or a site. They are stored beside the queue, so that they also hold for
 * pages and hosts that no message has reached. A page's first code writes them itself, without a host.
 */

import type { Millis } from '../base/ports'
import { asRecord } from '../base/values'

export interface Rules {
  /** The person refuses to be observed. */
  refused: boolean
  /** When the person last chose, in ms since the epoch by the platform's clock; 0 for never. Each choice is later. */
  at: Millis
  /** When the person's present or last refusal began; 0 for no refusal. */
  from: Millis
  /** When the person's last refusal ended. */
  until: Millis
  /** Everything captured before this moment is to be erased; 0 for nothing. */
  erase: Millis
  /** An erasure was asked for, and no host has erased the queue's events yet. */
  eraseOwed: boolean
  /** The site's worker has a `beforeSend`: an event that the hook has not seen must not be sent. */
  hooked: boolean
}

export const NO_RULES: Rules = { refused: false, at: 0, from: 0, until: 0, erase: 0, eraseOwed: false, hooked: false }

/** Parses rules and fails closed: a damaged record shows only that something was decided. */
export const parseRules = (raw: unknown): Rules =>
  raw === undefined ? NO_RULES : { ...NO_RULES, refused: true, hooked: true, ...asRecord(raw) }

/**
 * Whether an event that was captured at that moment must not be kept: the person refused at that time, or asked later
 * for everything to be erased. Pages of an earlier version say 0, for a moment that is not known.
 */
export function isRefused({ refused, from, until, erase }: Rules, capturedAt: Millis): boolean {
  if (capturedAt === 0) return refused
  return capturedAt < erase || (from > 0 && capturedAt >= from && (refused || capturedAt < until))
}
