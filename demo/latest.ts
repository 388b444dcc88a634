/** Follows the event that was captured last, at the foot of a window that is too narrow to show the lanes beside it. */

import { TITLES } from './board'
import { byId, element, setText, tail } from './dom'
import type { Journal } from './journal'

/** Returns what shows the present state. */
export function createLatest(journal: Journal): () => void {
  const bar = byId('latest')
  const [name, id, stage, where] = ['span', 'small', 'b', 'span'].map((tag) => document.createElement(tag)) as Four
  const parts = [element('span', { class: 'chip' }, name, ' ', id), stage, where]
  return () => {
    const item = journal.latest()
    if (!item) return
    if (!stage.isConnected) bar.replaceChildren(...parts)
    bar.dataset.stage = item.stage
    setText(name, item.name)
    setText(id, tail(item.uuid))
    setText(stage, TITLES[item.stage].title)
    setText(where, item.note || TITLES[item.stage].where)
  }
}

type Four = [HTMLElement, HTMLElement, HTMLElement, HTMLElement]
