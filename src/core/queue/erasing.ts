import type { Millis } from '../base/ports'
import { chosen } from './chosen'
import type { Rules } from './rules'

/**
 * The rules after a refusal at the moment `at` that is to erase all that was captured before. Where the person has
 * chosen again since, the later choice stays, and a host tells what was captured before the erasure from what was
 * captured after it.
 */
export function erasing(rules: Rules, at: Millis): Rules {
  if (rules.erase >= at) return rules
  return rules.at > at ? { ...rules, erase: at, eraseOwed: true } : chosen(rules, { refused: true, at }, at)
}
