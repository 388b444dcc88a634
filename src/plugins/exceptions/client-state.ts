/**
 * What is known of one client's exceptions. It is kept with the page, because a module may be loaded twice in one: steps
 * that one copy has taken go with the exceptions of another, and no copy captures what another has.
 */

import type { Outlast } from '../../page/types'
import { BURST, type Limit } from './burst-limit'
import { MAX_STEP_BYTES, type Steps } from './steps'

/** Why an exception was not captured. */
export type ExceptionDropReason =
  /** There were too many of its kind within a short time. */
  | 'burst_limit'
  /** `sampleRate` left it out. */
  | 'sampled_out'
  /** A browser extension threw it. */
  | 'extension'
  /** It was captured already: by hand, or as an error that was thrown again. */
  | 'already_captured'
  /** It came while another one was being captured: of `beforeSend`, say. */
  | 'nested'
  /** The person refuses to be observed. */
  | 'opted_out'
  /** The client threw, or what was thrown could not be read at all. */
  | 'failed'

/** An exception that was not captured. */
export interface ExceptionDrop {
  reason: ExceptionDropReason
  /** The name of the error, such as `TypeError`. */
  type: string
  /** Its message. */
  value: string
}

export interface ClientState {
  steps: Steps
  limit: Limit
  /** The share of exceptions to capture, or a function that gives it. */
  sampleRate: number | ((exception: { type: string; value: string }) => number)
  /** Whether those of browser extensions are captured. */
  extensions: boolean
  onDrop: ((drop: ExceptionDrop) => void) | undefined
  /** Objects that are captured: errors that were thrown, and events of the page that tell of one. */
  captured: WeakSet<object>
  /** Whether one is being captured at this moment. */
  isBusy: boolean
  /** Whether `console.error` is at work at this moment, in however many wrappings. */
  isInConsole: boolean
  /** What the console has been told. */
  told: Set<string>
}

const STATES = Symbol.for('outlast.exceptions')
type Capture = Outlast['capture']
type States = WeakMap<Capture, ClientState>

/** The state of the client that has this `capture`: a client may be spread into another object. */
export function stateOf(capture: Capture, page: object = globalThis): ClientState {
  const holder = page as { [STATES]?: States }
  holder[STATES] ??= new WeakMap()
  const states = holder[STATES]
  const known = states.get(capture)
  if (known) return known
  const state: ClientState = {
    steps: { list: [], maxBytes: MAX_STEP_BYTES },
    limit: { buckets: new Map(), burst: BURST },
    sampleRate: 1,
    extensions: false,
    onDrop: undefined,
    captured: new WeakSet(),
    isBusy: false,
    isInConsole: false,
    told: new Set(),
  }
  states.set(capture, state)
  return state
}

/** Says something in the console, once for each client and word. */
export function tellOnce({ told }: Pick<ClientState, 'told'>, word: string, text: string): void {
  if (told.has(word)) return
  told.add(word)
  console.warn(`[outlast] ${text}`)
}
