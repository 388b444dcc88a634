/** Whether an event must not be given up: shared by `lost` and `pageExit`. */

import type { Chosen } from './facts'
import { isOpen, type Witness } from './witness'

/** Nothing is known of what became of it, and no choice of the person may have cost it. */
export function isKept(witness: Witness, { refusals, choices }: Chosen): boolean {
  return isOpen(witness) && (refusals === 0 || choices.isAgreed(witness.page, witness.turn))
}
