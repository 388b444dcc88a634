/** No loop is without an end. */

import { Breach } from '../../support/breach'

/** A context began more transactions than it may within a minute, */
export function endlessTransactions({ context, overrun }: { context: string; overrun: boolean }): Breach | undefined {
  return overrun ? new Breach('spin', `${context} begins transactions without an end`) : undefined
}

/** or time could not pass for all that was to be done at once. */
export function endlessTasks({ error }: { error: unknown }): Breach | undefined {
  return new Breach('spin', error instanceof Error ? error.message : String(error))
}
