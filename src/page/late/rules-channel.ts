/**
 * Tells the other tabs of this origin that the rules of a queue have changed. The choice in localStorage tells them
 * too, unless localStorage is full or the site empties it; and a tab that does not know of a refusal would send a
 * beacon. The same channel tells clients of the project at other endpoints when the person refused last, and all
 * clients that the library is removed from the site.
 */

import { RULES_CHANNEL } from '../../core/base/names'
import type { Millis } from '../../core/base/ports'
import { asRecord } from '../../core/base/values'
import { MESSAGE_VERSION } from '../../core/host/messages'
import type { Rules } from '../../core/queue/rules'
import type { LastRefusal } from './last-refusal'

export interface RulesChannel {
  /** To be called with the rules whenever this page has read or changed them. Tells other tabs if they differ. */
  publish(rules: Rules): void
  /** Tells the project's other clients, whichever their endpoint, when the person refused last. */
  tell(last: LastRefusal): void
  /** Closes the channel while the page may be in the back/forward cache: a message would evict the page. */
  pause(): void
  resume(): void
}

/**
 * @param onChange called when another tab has changed the rules
 * @param onRefusal called when another client of the project, which may be in this page, says when the person refused
 * last
 * @param onUninstall called when any tab removes the library from the site; resolves once this client has ended
 */
export function openRulesChannel(
  queue: string,
  onChange: () => void,
  onRefusal: (last: LastRefusal) => void,
  onUninstall: (timeoutMs: number) => Promise<void>,
): RulesChannel {
  let channel: BroadcastChannel | undefined
  let posted = ''
  const project = queue.slice(0, queue.indexOf(' '))

  function resume(): void {
    try {
      channel ??= new BroadcastChannel(RULES_CHANNEL)
    } catch {
      // The platform has no BroadcastChannel, or a page has replaced the class: localStorage alone tells the other
      // tabs.
      return
    }
    channel.onmessage = ({ data }) => {
      const { outlast, queue: of, uninstall, refusedAt, erasedAt } = asRecord(data)
      if (outlast !== MESSAGE_VERSION) return
      if (of === queue) onChange()
      if (of === project) onRefusal({ refusedAt: momentOf(refusedAt), erasedAt: momentOf(erasedAt) })
      if (typeof uninstall === 'number') void leave(uninstall)
    }
  }

  async function leave(timeoutMs: number): Promise<void> {
    // A channel of its own, since the client's channel is closed with the client.
    const own = new BroadcastChannel(RULES_CHANNEL)
    const id = `${queue} ${Math.random()}`
    own.postMessage({ outlast: MESSAGE_VERSION, leaving: id })
    await onUninstall(timeoutMs)
    own.postMessage({ outlast: MESSAGE_VERSION, left: id })
    own.close()
  }

  resume()
  return {
    publish(rules) {
      const news = JSON.stringify(rules)
      if (news !== posted) channel?.postMessage(rulesChanged(queue))
      posted = news
    },
    tell({ refusedAt, erasedAt }) {
      channel?.postMessage({ outlast: MESSAGE_VERSION, queue: project, refusedAt, erasedAt })
    },
    pause() {
      channel?.close()
      channel = undefined
    },
    resume,
  }
}

/** What tells the other tabs that the rules of this queue have changed. */
export const rulesChanged = (queue: string) => ({ outlast: MESSAGE_VERSION, queue })

const momentOf = (given: unknown): Millis => (typeof given === 'number' ? given : 0)
