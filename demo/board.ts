/** The lanes, and the chips that move through them. A bounded number of nodes, however many events there are. */

import { byId, element, setText, tail } from './dom'
import { type Item, type Journal, STAGES, type Stage } from './journal'
import { animateMoves } from './moves'

export const TITLES: Record<Stage, { title: string; where: string }> = {
  captured: { title: 'Captured', where: 'in this page' },
  queued: { title: 'Queued', where: 'on disk, in IndexedDB' },
  sending: { title: 'In flight', where: 'in a request' },
  delivered: { title: 'Delivered', where: 'acknowledged' },
  dropped: { title: 'Dropped', where: 'with a reason' },
}

interface Lane {
  list: HTMLElement
  foot: HTMLElement
}

export interface Board {
  draw(journal: Journal): void
  /** How many chips a lane shows. */
  chips(stage: Stage): number
  /** What stands below each lane. */
  foot(texts: Record<Stage, string>): void
}

export function createBoard(): Board {
  const root = byId('lanes')
  const lanes = Object.fromEntries(STAGES.map((stage) => [stage, addLane(root, stage)])) as Record<Stage, Lane>
  const chips = new Map<string, HTMLElement>()
  // How many chips fit is for the style sheet to say: lanes are columns or, in a narrow window, rows.
  let capacity = 0
  const measure = () => {
    capacity = Number(getComputedStyle(root).getPropertyValue('--capacity')) || 4
  }
  new ResizeObserver(measure).observe(root)
  measure()

  return {
    draw(journal) {
      const visible = new Map(STAGES.map((stage) => [stage, journal.lane(stage).slice(0, capacity)]))
      animateMoves(chips, () => {
        const kept = new Set<string>()
        for (const [stage, items] of visible) {
          for (const { uuid } of items) kept.add(uuid)
          place(
            lanes[stage].list,
            items.map((item) => chipOf(chips, item)),
          )
        }
        for (const [uuid, chip] of chips) {
          if (kept.has(uuid)) continue
          chip.remove()
          chips.delete(uuid)
        }
      })
    },
    chips: (stage) => lanes[stage].list.children.length,
    foot(texts) {
      for (const stage of STAGES) setText(lanes[stage].foot, texts[stage])
    },
  }
}

function addLane(root: HTMLElement, stage: Stage): Lane {
  const { title, where } = TITLES[stage]
  const list = element('ol', { class: 'chips', 'aria-label': title })
  const foot = element('p', { class: 'foot' })
  const head = element('h3', {}, title)
  root.append(
    element(
      'section',
      { class: 'lane', 'data-stage': stage },
      head,
      element('p', { class: 'where' }, where),
      list,
      foot,
    ),
  )
  return { list, foot }
}

function chipOf(chips: Map<string, HTMLElement>, { uuid, name, note }: Item): HTMLElement {
  const known = chips.get(uuid)
  const chip = known ?? element('li', { class: 'chip', title: uuid }, element('span'), ' ', element('small'))
  chips.set(uuid, chip)
  const [label, detail] = chip.children
  if (label) setText(label, name)
  if (detail) setText(detail, note || tail(uuid))
  return chip
}

/** Leaves alone what is in its place, so that nothing is laid out or animated for nothing. */
function place(list: HTMLElement, wanted: HTMLElement[]): void {
  for (const [at, chip] of wanted.entries()) {
    if (list.children[at] !== chip) list.insertBefore(chip, list.children[at] ?? null)
  }
  while (list.children.length > wanted.length) list.lastElementChild?.remove()
}
