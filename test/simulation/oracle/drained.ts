/** Once faults stop, nothing is left. */

import { Breach } from '../../support/breach'
import type { End } from './facts'
import { isOpen } from './witness'

export function drained({ journaled, pending, pages }: End): Breach | undefined {
  if (journaled > 0) return breach(`${journaled} events are still in the journal`)
  if (pending > 0) return breach(`${pending} events are still queued`)
  for (const { name, captured } of pages) {
    const open = captured.find(isOpen)
    if (open) return breach(`${open.uuid} is still in ${name}`)
  }
  return undefined
}

const breach = (detail: string) => new Breach('drained', detail)
