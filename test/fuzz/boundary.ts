/** What every boundary has: cases, and a check that throws where one breaks a promise. */

import type { Arbitrary } from 'fast-check'
import { Breach } from '../support/breach'

/** Whether the case was taken in whole, or refused (in whole or in part) with a reason. */
export type Outcome = 'accepted' | 'refused'

export interface Boundary<Case = unknown> {
  name: string
  /** Of every 100 cases of a run, about this many are of this boundary. */
  share: number
  cases: Arbitrary<Case>
  check(given: Case): Promise<Outcome> | Outcome
}

export function hold(condition: unknown, promise: string, seen?: unknown): asserts condition {
  if (!condition) throw new Breach(promise, seen === undefined ? undefined : shown(seen))
}

function shown(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 2_000)
  } catch {
    return typeof value
  }
}

const rejections: unknown[] = []
if (typeof process !== 'undefined') process.on('unhandledRejection', (reason) => void rejections.push(reason))

const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const ownNames = () => prototypes.map((prototype) => Reflect.ownKeys(prototype).length).join()
const atFirst = ownNames()

/** Nothing that a case may do to the rest of the program. */
export function holdNothingElseBroke(): void {
  const [rejection] = rejections.splice(0)
  hold(rejection === undefined, 'no promise is left rejected', rejection instanceof Error ? rejection.stack : rejection)
  hold(ownNames() === atFirst, 'no prototype is changed')
}
