/** Runs the commands that a page queued before the script had loaded. A command is `[method, ...arguments]`. */

import { show } from '../../core/base/values'
import type { init } from '../../index'
import type { Outlast } from '../types'

/**
 * Runs the commands in `window.outlast` and puts the client there, with `push` for later commands. Without a client,
 * because `data-key` is absent, the commands wait for `outlast.init(key, options)`.
 */
export function takeCommands(client: Outlast | undefined, { init: start }: { init: typeof init }): void {
  const page = window as unknown as { outlast?: unknown }
  const queued: unknown[] = Array.isArray(page.outlast) ? page.outlast : []
  let current = client
  const waiting: (() => unknown)[] = []

  /** Reads and runs a command. A command that cannot be read or fails is warned of, and the others run all the same. */
  function run(read: () => unknown): void {
    if (!current) {
      waiting.push(read)
      return
    }
    try {
      const command = read()
      const [method, ...rest] = Array.isArray(command) ? command : []
      if (!Object.hasOwn(current, method)) throw Error(`${show(method)} is no command`)
      ;(current[method as 'capture'] as (...args: unknown[]) => unknown)(...rest)
    } catch (error) {
      // The commands after the failed one still have to run.
      console.warn(`[outlast] a command failed: ${show(error)}`)
    }
  }

  /**
   * Gives `face` the client's members as they are at each moment: what the bridge to posthog-js replaces in the client,
   * it replaces in both.
   */
  function mirror(client: Outlast): void {
    for (const name of Object.keys(client) as 'capture'[]) {
      const [get, set] = [() => client[name], (value: Outlast['capture']) => Reflect.set(client, name, value)]
      Object.defineProperty(face, name, { get, set, enumerable: true, configurable: true })
    }
  }

  const push = (...commands: unknown[]) => commands.forEach((command) => void run(() => command))
  const face = {
    push,
    init(...args: Parameters<typeof init>) {
      current = start(...args)
      // The page may have kept a reference to this object, so the client's methods are added to it.
      mirror(current)
      for (const read of waiting.splice(0)) run(read)
      return current
    },
  }
  if (client) mirror(client)
  page.outlast = face
  // The page may have kept the array, too. A frozen one stays as it is.
  Reflect.set(queued, 'push', push)
  for (let index = 0; index < queued.length; index++) run(() => queued[index])
}
