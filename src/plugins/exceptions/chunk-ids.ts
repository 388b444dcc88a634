/**
 * The ids of source maps, by file. Code that PostHog's command line tool, or a bundler with debug ids, has prepared
 * puts them in the page as it loads: an object whose keys are stacks, of which the innermost frame names the file, and
 * whose values are the ids.
 */

import { asRecord } from '../../core/base/values'
import { stackFrames } from './stack-frames'

/**
 * Where they are: of bundlers (the proposal of debug ids), and of `posthog-cli sourcemap inject`, which counts first.
 */
const MAPS = ['_debugIds', '_posthogChunkIds']

/** The file of each stack that has been read: there may be hundreds, and each is read once. */
const files = new Map<string, string | undefined>()

/** @returns gives the id of a file that has one */
export function chunkIds(): (filename: string) => string | undefined {
  const ids = new Map<string, string>()
  for (const map of MAPS) {
    for (const [stack, id] of Object.entries(asRecord(Reflect.get(globalThis, map)))) {
      if (!files.has(stack)) files.set(stack, stackFrames(stack).at(-1)?.filename)
      const file = files.get(stack)
      if (file && typeof id === 'string') ids.set(file, id)
    }
  }
  return (filename) => ids.get(filename)
}
