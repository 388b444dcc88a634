/** What a choice of the person changes in the rules, for code that loads late. */

import type { Millis } from '../base/ports'
import type { Rules } from './rules'

/**
 * The rules after a choice that the rules do not have yet. A page's first code does it itself
 * (`client/first/front.ts`), because to share this function would cost a page 30 bytes more at first; a choice that
 * only localStorage has is a turn there too.
 *
 * @param owed the moment of an erasure that was asked for by then and that the rules do not have yet; 0 for none
 */
export function chosen(rules: Rules, choice: { refused: boolean; at: Millis }, owed: Millis): Rules {
  const { refused, at } = choice
  return {
    ...rules,
    refused,
    at,
    turns: refused === rules.refused ? rules.turns : [...rules.turns, at],
    erase: Math.min(at, Math.max(owed, rules.erase)),
    eraseOwed: rules.eraseOwed || owed > 0,
  }
}
