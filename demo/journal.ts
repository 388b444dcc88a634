/**
 * Where each recent event is, and where it is shown to be. The two differ for a moment: a request takes a few ms, which
 * is too quick to be seen, so what is shown stays for `DWELL` on each stage, or shorter where it would come more than
 * `BEHIND` too late. The counters are not slowed down.
 */

export const STAGES = ['captured', 'queued', 'sending', 'delivered', 'dropped'] as const
export type Stage = (typeof STAGES)[number]

interface Step {
  stage: Stage
  /** What there is to say about this stage: an attempt, or why the event was dropped. */
  note: string
}

export interface Item extends Step {
  uuid: string
  name: string
  /** Captured by this page, and not by another tab or an earlier visit. */
  own: boolean
  /** When it came to this stage, in ms. */
  since: number
  /** Where it has already gone on to. */
  ahead: Step[]
  /** How long it stays on each stage for now, in ms. */
  pace: number
}

/** ms */
const DWELL = 380

/** The longest time in ms by which what is shown may be late: the lanes stand below counters that are not. */
const BEHIND = 480

/** So long a way behind is not walked step by step. */
const MOST_AHEAD = 3

/** Events of each end that are remembered. Pending ones are bounded by the queue. */
const MOST_ENDED = 20

export interface Journal {
  move(uuids: readonly string[], stage: Stage, note?: string): void
  /** What an event is called, which the library's reports do not say. */
  name(uuid: string, name: string): void
  /** The library has nothing left: what still seems pending was settled while nobody looked. */
  settle(): void
  /** Lets time pass for what is shown. Returns whether anything changed. */
  advance(): boolean
  /** As shown: the next to go first, the last to arrive first. */
  lane(stage: Stage): Item[]
  /** The event that a visitor's act captured last in this page, if it is not long gone. */
  latest(): Item | undefined
  /** How many events are really pending, this page's own among them, and those that are nowhere but in this page. */
  pending(): { all: number; own: number; uncommitted: number }
  clear(): void
}

export function createJournal(now: () => number): Journal {
  const items = new Map<string, Item>()
  const names = new Map<string, string>()
  const last = (item: Item): Step => item.ahead.at(-1) ?? item
  const isEnd = (stage: Stage) => stage === 'delivered' || stage === 'dropped'
  let changed = true
  let latest = ''

  function forget(): void {
    for (const end of ['delivered', 'dropped']) {
      const ended = [...items.values()].filter(({ stage }) => stage === end)
      for (const { uuid } of ended.slice(0, -MOST_ENDED)) {
        items.delete(uuid)
        names.delete(uuid)
      }
    }
  }

  return {
    move(uuids, stage, note = '') {
      for (const uuid of uuids) {
        const item = items.get(uuid)
        if (!item) {
          const [name, own] = [names.get(uuid) ?? 'event', stage === 'captured']
          items.set(uuid, { uuid, name, own, stage, note, since: now(), ahead: [], pace: DWELL })
          // Web vitals come of themselves, with the first tap of all.
          if (own && name !== '$web_vitals') latest = uuid
        } else if (!isEnd(last(item).stage)) {
          item.ahead.push({ stage, note })
          if (item.ahead.length > MOST_AHEAD) item.ahead.splice(0, item.ahead.length - MOST_AHEAD)
          item.pace = Math.min(DWELL, BEHIND / item.ahead.length)
        }
      }
      changed = true
    },
    name(uuid, name) {
      names.set(uuid, name)
      const item = items.get(uuid)
      if (item) item.name = name
    },
    settle() {
      for (const item of items.values()) {
        if (!isEnd(last(item).stage) && now() - item.since > 3_000) items.delete(item.uuid)
      }
      changed = true
    },
    advance() {
      const time = now()
      for (const item of items.values()) {
        if (item.ahead.length === 0 || time - item.since < item.pace) continue
        Object.assign(item, item.ahead.shift(), { since: time })
        // To the end: the order of the map is the order in which events came to their stages.
        items.delete(item.uuid)
        items.set(item.uuid, item)
        changed = true
      }
      if (changed) forget()
      const was = changed
      changed = false
      return was
    },
    lane(stage) {
      const found = [...items.values()].filter((item) => item.stage === stage)
      return isEnd(stage) ? found.reverse() : found
    },
    latest: () => items.get(latest),
    pending() {
      const pending = [...items.values()].filter((item) => !isEnd(last(item).stage))
      return {
        all: pending.length,
        own: pending.filter(({ own }) => own).length,
        uncommitted: pending.filter((item) => last(item).stage === 'captured').length,
      }
    },
    clear() {
      items.clear()
      changed = true
    },
  }
}
