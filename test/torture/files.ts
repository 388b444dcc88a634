/** How the site answers for the library's files in a round: at once, late, or not at all. */

import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { createRandom } from '../support/random'

/**
 * - `at once`: as a test's server does
 * - `slow`: each file takes its time
 * - `hang worker file`, `hang late code`: requests for it wait, and are answered once another mode is set
 */
type FilesMode = 'at once' | 'slow' | 'hang worker file' | 'hang late code'

/** The most that a slow file takes, in ms: what a phone waits for one on a bad connection. */
const MOST_LATE_MS = 800

const LIBRARY = /^\/(__)?outlast\//

const HANGING: Partial<Record<FilesMode, RegExp>> = {
  'hang worker file': /^\/__outlast\/worker\.js$/,
  'hang late code': /^\/outlast\/chunks\//,
}

export type Files = ReturnType<typeof createFiles>

export function createFiles() {
  let mode: FilesMode = 'at once'
  let random = createRandom(0)
  const hanging = new Set<() => void>()

  return {
    async take(req: IncomingMessage) {
      const { pathname } = new URL(req.url ?? '/', 'http://site')
      if (mode === 'slow' && LIBRARY.test(pathname)) await pause(random.integer(0, MOST_LATE_MS))
      if (HANGING[mode]?.test(pathname)) await new Promise((resolve) => hanging.add(() => resolve(undefined)))
      return false
    },
    /** @param seed of the times that files take */
    set(next: FilesMode, seed: number = 0) {
      mode = next
      random = createRandom(seed)
      for (const answer of hanging) answer()
      hanging.clear()
    },
  }
}
