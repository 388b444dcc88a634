/** What a site did before an exception: steps, of which the newest ones are kept and go with each exception. */

import { isObject, isText } from '../../core/base/values'
import type { Properties } from '../../core/event/event'
import { stepJson } from './step-json'

/** How much is kept of the steps, in bytes of their JSON in UTF-8, as PostHog's contract has it. */
export const MAX_STEP_BYTES = 32_768

export interface Steps {
  /** As JSON, which no later change of an object alters; the oldest one first. */
  list: string[]
  /** 0 keeps none. */
  maxBytes: number
}

/**
 * Keeps a step; the oldest ones make room for it.
 *
 * @param now in ms since the epoch
 * @param warn told what is wrong with a step
 */
export function addStep(
  steps: Steps,
  { message, properties, now }: { message: unknown; properties: unknown; now: number },
  warn: (text: string) => void,
): void {
  if (steps.maxBytes <= 0) return
  if (!isText(message)) return warn('a step needs a message')
  const { $message, $timestamp, ...rest } = isObject(properties) ? properties : {}
  if ($message || $timestamp) warn('$message and $timestamp are not for callers to set')
  const json = stepJson({ ...rest, $message: message, $timestamp: new Date(now).toISOString() })
  if (bytesOf([json]) > steps.maxBytes) return warn(`a step over ${steps.maxBytes} bytes is not kept`)
  steps.list.push(json)
  while (bytesOf(steps.list) > steps.maxBytes) steps.list.shift()
}

const bytesOf = (list: string[]) => new TextEncoder().encode(list.join('')).length

/** The steps as they go with an exception. */
export const stepsOf = ({ list }: Steps): Properties[] => list.map((json) => JSON.parse(json) as Properties)
