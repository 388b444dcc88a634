/**
 * What is known of one client's exceptions. It is kept with the page, because a page may load a module twice: steps
 * that one copy has taken go with the exceptions of another, and no copy captures what another has.
 */

import type { Outlast } from '../../page/types'
import { BURST, type Limit } from './burst-limit'
import type { ExceptionClient } from './report'
import { MAX_STEP_BYTES, type Steps } from './steps'

export interface ClientState {
  steps: Steps
  limit: Limit
  /** The share of exceptions to capture, or a function that gives it. */
  sampleRate: number | ((exception: { type: string; value: string }) => number)
  /** Whether those of browser extensions are captured. */
  extensions: boolean
  /**
   * Objects that are dealt with: errors and events of the page that are captured, and clients whose `optOut` empties
   * the steps.
   */
  seen: WeakSet<object>
  /** Whether an exception is being captured at this moment. */
  isBusy: boolean
  /** Whether what `console.error` writes is captured. */
  hasConsole: boolean
  /** The subjects of which the console has been told. */
  told: Set<string>
}

/** A later version that keeps anything else needs another symbol. */
const STATES = Symbol.for('outlast.exceptions')
type Capture = Outlast['capture']
type States = WeakMap<Capture, ClientState>

/** The state of the client, which is known by its `capture`: a client may be spread into another object. */
export function stateOf(client: ExceptionClient): ClientState {
  const page = globalThis as { [STATES]?: States }
  page[STATES] ??= new WeakMap()
  const state = page[STATES].get(client.capture) ?? newState()
  page[STATES].set(client.capture, state)
  heedRefusal(client, state)
  return state
}

function newState(): ClientState {
  const state: ClientState = {
    steps: { list: [], maxBytes: MAX_STEP_BYTES },
    limit: { buckets: new Map(), burst: BURST },
    sampleRate: 1,
    extensions: false,
    seen: new WeakSet(),
    isBusy: false,
    hasConsole: false,
    told: new Set(),
  }
  // A refusal in another tab comes by `storage`. A page in the back/forward cache hears of none, so it begins without
  // steps when it comes back.
  for (const type of ['storage', 'pageshow']) {
    globalThis.addEventListener?.(type, (event) => {
      const { persisted, key, newValue } = event as Partial<PageTransitionEvent & StorageEvent>
      if (persisted || `${key}=${newValue}`.endsWith(':opt_out=true')) forgetSteps(state)
    })
  }
  return state
}

/**
 * Forgets the steps that led up to a refusal: they may not be told later, when the person, or the next one, has agreed.
 */
export function forgetSteps({ steps }: ClientState): void {
  steps.list.length = 0
}

/** The client has no event for a choice, so its method is wrapped, once in each object that has it. */
function heedRefusal(client: ExceptionClient, state: ClientState): void {
  const { optOut } = client
  if (!optOut || state.seen.has(client)) return
  state.seen.add(client)
  const refuse: typeof optOut = (options) => {
    forgetSteps(state)
    optOut(options)
  }
  Reflect.set(client, 'optOut', refuse)
}

/** Says something in the console, once for each client and subject. */
export function tellOnce({ told }: Pick<ClientState, 'told'>, text: string, subject = text): void {
  if (!told.has(subject)) console.warn(`[outlast] ${text}`)
  told.add(subject)
}
