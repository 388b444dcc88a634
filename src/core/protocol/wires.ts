/** Picks the wire of a batch, and interprets the outcome of its request. */

import type { SendOutcome } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { WireFormat } from '../event/event'
import type { Verdict } from './verdict'
import type { Wire } from './wire'
import { json } from './wire-json'
import { relay } from './wire-relay'
import { ai, v0 } from './wire-v0'
import { v1 } from './wire-v1'

const WIRES: Record<WireFormat, Wire> = { v0, v1, ai, json }

/** @param config of the queue: a relay's has requests in place of events */
export function wireFor(format: WireFormat, config?: QueueConfig): Wire {
  return config?.relay ? relay : WIRES[format]
}

export function interpret(wire: Wire, outcome: SendOutcome, config?: QueueConfig): Verdict {
  if (outcome.kind === 'unreachable') {
    const { detail, forbidden, instant = false } = outcome
    const retry = { kind: 'retry', cause: `unreachable: ${detail}`, answered: false, retryAfter: null } as const
    return forbidden ? { ...retry, blockedBy: detail } : { ...retry, instant }
  }
  if (outcome.kind === 'not_taken') {
    const { detail } = outcome
    return { kind: 'retry', cause: detail, answered: false, online: false, retryAfter: null, blockedBy: detail }
  }
  if (outcome.kind === 'timeout') return { kind: 'retry', cause: 'timeout', answered: true, retryAfter: null }
  return wire.interpret(outcome, config)
}
