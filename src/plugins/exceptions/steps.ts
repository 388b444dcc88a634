/** What a site did before an exception: steps, of which the newest ones are kept and go with each exception. */

import { isObject, isText, show } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { writeJson } from '../../core/event/write-json'

/** How much is kept of the steps, in bytes of their JSON in UTF-8, as PostHog's contract has it. */
export const MAX_STEP_BYTES = 32_768

export interface Steps {
  /** As JSON, which no later change of an object alters; the oldest one first. */
  list: { json: string; bytes: number }[]
  /** 0 keeps none. */
  maxBytes: number
}

/** Names of properties that a step has of its own. */
const OWN = ['$message', '$timestamp'] as const

/**
 * Keeps a step; the oldest ones make room for it.
 *
 * @param now in ms since the epoch
 * @param warn told what is wrong with a step, under a word that is the same each time
 */
export function addStep(
  steps: Steps,
  { message, properties, now }: { message: unknown; properties: unknown; now: number },
  warn: (kind: string, text: string) => void,
): void {
  if (steps.maxBytes <= 0) return
  if (!isText(message)) {
    warn('message', `addExceptionStep needs a message, got ${show(message)}; the step is left out`)
    return
  }
  const { $message, $timestamp, ...rest } = isObject(properties) ? properties : {}
  if ($message !== undefined || $timestamp !== undefined)
    warn('reserved', `addExceptionStep sets ${OWN.join(' and ')} itself; yours are left out`)
  const json = writeJson({ ...rest, $message: message, $timestamp: new Date(now).toISOString() })
  if (json === undefined) return
  const bytes = new TextEncoder().encode(json).length
  if (bytes > steps.maxBytes) {
    warn('size', `a step of ${bytes} bytes is left out: all steps together have ${steps.maxBytes}`)
    return
  }
  steps.list.push({ json, bytes })
  trimSteps(steps)
}

/** Leaves out the oldest steps until the others have room. */
export function trimSteps(steps: Steps): void {
  let bytes = steps.list.reduce((sum, step) => sum + step.bytes, 0)
  while (bytes > steps.maxBytes) bytes -= steps.list.shift()?.bytes ?? bytes
}

/** The steps as they go with an exception. */
export const stepsOf = ({ list }: Steps): Properties[] => list.map(({ json }) => JSON.parse(json) as Properties)
