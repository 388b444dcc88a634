/** Commands that a page queued before the script had loaded: `[method, ...arguments]`. */

import type { init } from '../index'
import type { Outlast } from './types'

const METHODS = [
  'capture',
  'captureBatch',
  'captureAi',
  'identify',
  'alias',
  'group',
  'groupIdentify',
  'setPersonProperties',
  'register',
  'unregister',
  'reset',
  'optIn',
  'optOut',
  'onFeatureFlags',
  'flush',
  'shutdown',
  'on',
] as const

type Method = (typeof METHODS)[number]

/**
 * Runs what is queued in `window.outlast` and puts the client in its place, with `push` for commands to come. Without a
 * client (`data-key` is absent) commands wait for `outlast.init(key, options)`.
 */
export function takeCommands(client: Outlast | undefined, { init: start }: { init: typeof init }): void {
  const page = window as unknown as { outlast?: unknown }
  const queued: unknown[] = Array.isArray(page.outlast) ? [...page.outlast] : []
  let current = client
  const waiting: unknown[] = []

  function run(command: unknown): void {
    if (!current) {
      waiting.push(command)
      return
    }
    const [method, ...rest] = Array.isArray(command) ? command : []
    if (METHODS.includes(method as Method)) {
      ;(current[method as Method] as (...args: unknown[]) => unknown)(...rest)
    } else {
      console.warn(`[outlast] ${JSON.stringify(method)} is no command; use one of ${METHODS.join(', ')}`)
    }
  }

  const push = (...commands: unknown[]) => commands.forEach(run)
  const face = {
    push,
    init(...args: Parameters<typeof init>) {
      current = start(...args)
      // The page may hold on to this very object, so the client's methods come to it.
      Object.assign(face, current, { push })
      for (const command of waiting.splice(0)) run(command)
      return current
    },
  }
  if (client) Object.assign(face, client, { push })
  page.outlast = face
  for (const command of queued) run(command)
}
