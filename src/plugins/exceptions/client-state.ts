/**
 * What is known of one client's exceptions. It is kept with the page, because a module may be loaded twice in one: steps
 * that one copy has taken go with the exceptions of another, and no copy captures what another has.
 */

import type { Outlast } from '../../page/types'
import { BURST, type Limit } from './burst-limit'
import { MAX_STEP_BYTES, type Steps } from './steps'

export interface ClientState {
  steps: Steps
  limit: Limit
  /** The share of exceptions to capture, or a function that gives it. */
  sampleRate: number | ((exception: { type: string; value: string }) => number)
  /** Whether those of browser extensions are captured. */
  extensions: boolean
  /** Objects that are captured: errors that were thrown, and events of the page that tell of one. */
  captured: WeakSet<object>
  /** Whether one is being captured at this moment. */
  isBusy: boolean
  /** Whether what `console.error` writes is captured. */
  hasConsole: boolean
  /** What the console has been told. */
  told: Set<string>
}

/** A later version that keeps anything else needs another symbol. */
const STATES = Symbol.for('outlast.exceptions')
type Capture = Outlast['capture']
type States = WeakMap<Capture, ClientState>

/** The state of the client that has this `capture`: a client may be spread into another object. */
export function stateOf(capture: Capture): ClientState {
  const page = globalThis as { [STATES]?: States }
  page[STATES] ??= new WeakMap()
  const state = page[STATES].get(capture) ?? {
    steps: { list: [], maxBytes: MAX_STEP_BYTES },
    limit: { buckets: new Map(), burst: BURST },
    sampleRate: 1,
    extensions: false,
    captured: new WeakSet(),
    isBusy: false,
    hasConsole: false,
    told: new Set(),
  }
  page[STATES].set(capture, state)
  return state
}

/** Says something in the console, once for each client and subject. */
export function tellOnce({ told }: Pick<ClientState, 'told'>, text: string, subject = text): void {
  if (!told.has(subject)) console.warn(`[outlast] ${text}`)
  told.add(subject)
}
