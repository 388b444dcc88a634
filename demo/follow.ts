/** Follows the library's reports into the journal, and its counters into whoever shows them. */

import type { Outlast, Stats } from '../src/index'
import type { Journal } from './journal'

export interface Retry {
  at: number
  cause: string
}

export interface Following {
  /** The next try that the library has announced. */
  retry(): Retry | undefined
  refresh(): void
}

export function follow(client: Outlast, journal: Journal, onStats: (stats: Stats) => void): Following {
  let retry: Retry | undefined
  let asking = false
  let askAgain = false

  /** One question at a time, and one more if something happened meanwhile. */
  async function refresh(): Promise<void> {
    if (asking) {
      askAgain = true
      return
    }
    asking = true
    do {
      askAgain = false
      const stats = await client.stats()
      if (stats.pending === 0) {
        retry = undefined
        journal.settle()
      }
      onStats(stats)
    } while (askAgain)
    asking = false
  }

  client.on('queued', ({ uuids }) => {
    journal.move(uuids, 'queued')
    void refresh()
  })
  client.on('sending', ({ uuids, attempt }) => {
    journal.move(uuids, 'sending', attempt > 1 ? `try ${attempt}` : '')
    void refresh()
  })
  client.on('delivered', ({ uuids }) => {
    journal.move(uuids, 'delivered')
    void refresh()
  })
  client.on('retry', ({ uuids, attempt, nextAttemptAt, cause }) => {
    journal.move(uuids, 'queued', `tried ${attempt}×`)
    retry = { at: nextAttemptAt, cause }
    void refresh()
  })
  client.on('drop', ({ uuids, reason }) => {
    journal.move(uuids, 'dropped', reason)
    void refresh()
  })
  // No polling: a question wakes the worker, and what happens while this page is hidden is told when it is seen again.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void refresh())
  void refresh()
  return { retry: () => retry, refresh: () => void refresh() }
}
