/** How a test of the suites is written down. */

import type { Stage } from './stage'

export interface Test {
  suite: string
  /** The test's category and name, with a dot between them. */
  name: string
  /** The sdk types that it is for; undefined: it does not depend on it. */
  types: ('client' | 'server')[] | undefined
  /** A capability that the adapter must have. */
  requires: string | undefined
  /** The wait that the contract states, 0 for none. */
  waitMs: number
  /** Throws what is wrong. */
  run: (t: Stage) => Promise<void>
}

interface Traits {
  types?: Test['types']
  requires?: string
  wait?: number
}

/** @param shared what its tests have in common */
export function suiteOf(suite: string, shared: Traits = {}) {
  return (name: string, traits: Traits, run: Test['run']): Test => {
    const { types, requires, wait = 0 } = { ...shared, ...traits }
    return { suite, name, types, requires, waitMs: wait, run }
  }
}
