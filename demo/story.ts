/** Tells the story of an absence, in the place where the steps of the experiment stand, so that nothing moves. */

import type { Absence } from './away'
import { byId, clockTime, count, element } from './dom'

export interface Story {
  tell(absence: Absence): void
  /** The rest was delivered after all. */
  settled(at: number): void
}

export function createStory(): Story {
  const hint = byId('hint')
  const card = byId('story')
  const text = byId('story-text')
  let waiting = false
  const turn = (toStory: boolean) => {
    card.inert = !toStory
    hint.inert = toStory
  }
  byId('story-close').addEventListener('click', () => {
    turn(false)
    // The button has gone with its side, and the keyboard's place with it.
    byId('copy').focus()
  })

  return {
    tell(absence) {
      waiting = absence.waiting > 0
      text.replaceChildren(...sentences(absence))
      turn(true)
    },
    settled(at) {
      if (!waiting) return
      waiting = false
      text.append(' ', strong(`At ${clockTime(at)} the queue was empty.`))
    },
  }
}

function sentences(absence: Absence): (Node | string)[] {
  const { leftAt, backAt, left, delivered, dropped, waiting, takenAt, failed, duplicates } = absence
  const parts: (Node | string)[] = [
    `You left at ${clockTime(leftAt)} with `,
    strong(`${count(left, 'event')} undelivered`),
    '. ',
  ]
  if (failed > 0) parts.push(`${count(failed, 'request')} failed, ${delivered > 0 ? 'then' : 'and'} `)
  if (delivered > 0) {
    parts.push(strong(`${count(delivered, 'event')} ${delivered === 1 ? 'was' : 'were'} delivered without this page`))
    if (takenAt !== undefined) {
      parts.push(` by ${clockTime(takenAt)}, ${duration(backAt - takenAt)} before you came back`)
    }
    parts.push('. ')
  } else {
    parts.push(failed > 0 ? 'nothing was delivered. ' : 'Nothing was delivered. ')
  }
  if (dropped > 0) parts.push(`${count(dropped, 'event')} dropped, with a reason. `)
  if (waiting > 0) parts.push(strong(`${waiting.toLocaleString('en')} still waiting on disk. `))
  if (duplicates !== undefined && delivered > 0)
    parts.push(duplicates === 0 ? 'No duplicates.' : `${count(duplicates, 'duplicate')}, told apart by uuid.`)
  return parts
}

const strong = (text: string) => element('strong', {}, text)

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
