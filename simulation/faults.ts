/** Faults wait at the points where a context meets its platform, each for its own call, and happen once. */

/** Every await of the library ends in one of these. */
export const POINTS = [
  'open',
  'tx.start',
  'tx.request',
  'tx.commit',
  'tx.done',
  'timer',
  'fetch',
  'fetched',
  'compress',
  'lock',
  'query',
  'clients',
  'post',
  'reply',
  'message',
  'beacon',
  'spill',
] as const

export type Point = (typeof POINTS)[number]

export type Who = 'worker' | 'page'

export type What = 'kill' | 'slow' | 'fail' | 'quota' | 'lost' | 'twice'

/** The `skip`-th next call of such a context at that point suffers it. */
export interface Fault {
  at: Point
  who: Who
  what: What
  skip: number
  /** For `slow`. */
  ms: number
}

export class Faults {
  /** How many happened, by kind. */
  readonly happened = new Map<string, number>()
  private armed: Fault[] = []

  arm(fault: Fault): void {
    this.armed.push({ ...fault })
  }

  disarm(): void {
    this.armed = []
  }

  take(at: Point, who: Who): Fault | undefined {
    for (const [index, fault] of this.armed.entries()) {
      if (fault.at !== at || fault.who !== who) continue
      if (fault.skip > 0) {
        fault.skip -= 1
        continue
      }
      this.armed.splice(index, 1)
      this.note(`${fault.what} at ${at}`)
      return fault
    }
    return undefined
  }

  note(kind: string): void {
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1)
  }
}
