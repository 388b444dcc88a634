/** A transaction is not used after its end. */

import { Breach } from '../../support/breach'

/** @param facts `failed`: the transaction was aborted by an error, which its next request may find out */
export function transactions({ context, failed }: { context: string; failed: boolean }): Breach | undefined {
  return failed ? undefined : new Breach('transactions', `${context} asks something of one that has ended`)
}
