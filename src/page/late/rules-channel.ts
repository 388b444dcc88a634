/**
 * Tells the other tabs of this origin that what is decided about a queue has changed. localStorage tells them too, unless
 * it is full or the site empties it, and a tab that does not know must not send a beacon.
 */

import { RULES_CHANNEL } from '../../core/base/names'
import { asRecord } from '../../core/base/values'
import { MESSAGE_VERSION } from '../../core/host/messages'
import type { Rules } from '../../core/queue/rules'

export interface RulesChannel {
  /** The rules as they were read or changed here. Other tabs are told of them where they are news. */
  tell(rules: Rules): void
  /** For as long as the page may be in the back/forward cache, where a message would evict it. */
  pause(): void
  resume(): void
}

/** @param onChange another tab says that there is something to read */
export function openRulesChannel(queue: string, onChange: () => void): RulesChannel {
  let channel: BroadcastChannel | undefined
  let told = ''

  function resume(): void {
    try {
      channel ??= new BroadcastChannel(RULES_CHANNEL)
    } catch {
      // The platform has none, or a page has put something else in its place: localStorage is what is left.
      return
    }
    channel.onmessage = ({ data }) => {
      const { outlast, queue: of } = asRecord(data)
      if (outlast === MESSAGE_VERSION && of === queue) onChange()
    }
  }

  resume()
  return {
    tell(rules) {
      const news = JSON.stringify(rules)
      if (news !== told) channel?.postMessage({ outlast: MESSAGE_VERSION, queue })
      told = news
    },
    pause() {
      channel?.close()
      channel = undefined
    },
    resume,
  }
}
