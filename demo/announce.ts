/** Tells screen readers of what matters, and no more than that: the page is busy enough to look at. */

import { byId, setText } from './dom'

/** ms in which the last of several messages wins. */
const SETTLE = 700

export function createAnnouncer(): (text: string) => void {
  const live = byId('live')
  let timer: ReturnType<typeof setTimeout> | undefined
  return (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => setText(live, text), SETTLE)
  }
}
