/**
 * What a person or a site has decided about a queue, stored beside it, so that it holds for pages and hosts that were
 * told nothing. A page writes it with its first code, without a host.
 */

import type { Millis } from './ports'
import { asRecord } from './values'

export interface Rules {
  /** The person refuses to be observed. */
  refused: boolean
  /** When the person last chose, in ms since the epoch by the platform's clock; 0 for never. Each choice is later. */
  at: Millis
  /** Since when the person refuses or last refused, and until when they did. */
  from: Millis
  until: Millis
  /** Everything captured before this moment is to be erased; 0 for nothing. */
  erase: Millis
  /** The queue's own rows are not erased yet. */
  eraseOwed: boolean
  /** The site's worker has a `beforeSend`: what it has not seen must not be sent. */
  hooked: boolean
}

export const NO_RULES: Rules = { refused: false, at: 0, from: 0, until: 0, erase: 0, eraseOwed: false, hooked: false }

/** Fails closed: of a record that cannot be read nothing is known but that something was decided. */
export const parseRules = (raw: unknown): Rules =>
  raw === undefined ? NO_RULES : { ...NO_RULES, refused: true, hooked: true, ...asRecord(raw) }

/**
 * Whether what was captured at that moment must not be kept: it was captured while the person refused, or before they
 * asked for everything to be erased. `at` 0 is a page of an earlier version, which cannot say.
 */
export function isRefused({ refused, from, until, erase }: Rules, capturedAt: Millis): boolean {
  if (capturedAt === 0) return refused
  return capturedAt < erase || (from > 0 && capturedAt >= from && (refused || capturedAt < until))
}
