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
  'backup',
  'import',
  'register',
  'registration',
] as const

export type Point = (typeof POINTS)[number]

/** Those where a page meets the disk: what fails there, fails a promise of the disk's too. */
export const STORAGE_POINTS: ReadonlySet<Point> = new Set(['open', 'tx.start', 'tx.request', 'tx.commit', 'tx.done'])

/** Those on a page's way to its files and its worker. They are no excuse to keep a caller waiting. */
export const LATE_POINTS: ReadonlySet<Point> = new Set(['import', 'register', 'registration'])

export type Who = 'worker' | 'page'

export type What = 'kill' | 'slow' | 'fail' | 'hang' | 'quota' | 'lost' | 'twice'

/** The `skip`-th next call of such a context at that point suffers it. */
export interface Fault {
  at: Point
  who: Who
  what: What
  skip: number
  /** For `slow`, and for a registration that hangs: until it fails. */
  ms: number
}

export class Faults {
  /** How many happened, by kind. */
  readonly happened = new Map<string, number>()
  /** Until when something has been in the way, other than files and registrations, in ms of the timeline. */
  troubledUntil = Number.NEGATIVE_INFINITY
  private armed: Fault[] = []

  constructor(private readonly now: () => number) {}

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
      this.count(`${fault.what} at ${at}`)
      if (!LATE_POINTS.has(at)) this.trouble(fault.what === 'slow' ? fault.ms : 0)
      return fault
    }
    return undefined
  }

  note(kind: string): void {
    this.count(kind)
    this.trouble(0)
  }

  /** What is in the way of requests of one host alone. */
  noteElsewhere(kind: string): void {
    this.count(kind)
  }

  private trouble(ms: number): void {
    this.troubledUntil = Math.max(this.troubledUntil, this.now() + ms)
  }

  private count(kind: string): void {
    this.happened.set(kind, (this.happened.get(kind) ?? 0) + 1)
  }
}
