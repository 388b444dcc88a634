/** A context that runs the library: a page or a worker. It can be killed at whatever it awaits, without a word. */

import { LOCK_LIMIT_MS } from '../../src/adapters/web-locks'
import { type Fault, type Point, STORAGE_POINTS, type Who } from './faults'
import { timers } from './oracle/timers'
import type { Sim } from './sim'

/** A new one each time: reactions to one that is shared would keep every world that has waited for it. */
export const never = () => new Promise<never>(() => undefined)

export class Realm {
  dead = false
  /** In the back/forward cache: nothing of it runs. */
  frozen = false
  /** When a fault last disturbed what it knows of its batches, in ms of the timeline. */
  private disturbedAt = Number.NEGATIVE_INFINITY
  /** Until when what it meets of the disk fails or is late, or its timers are, in ms of the timeline. */
  hinderedUntil = Number.NEGATIVE_INFINITY
  /** The same, but for what it missed in the back/forward cache or before its late code was there. */
  failedUntil = Number.NEGATIVE_INFINITY
  /** When it last came back from the back/forward cache. */
  thawedAt = Number.NEGATIVE_INFINITY
  /** Since when its late code is there and has found a host. */
  readyAt = Number.POSITIVE_INFINITY
  /** A page with memory alone. */
  keepsNothing = false
  /** A late file that it waits for will never come: it cannot get any further by itself. */
  private hangs = false
  /** How late its timers were so far, and for how long it was frozen, in ms. */
  lateBy = 0
  /** Files of the library that were late, failed or never came. */
  lateFiles = 0
  frozenAt = 0
  /** Whether a late file of the library has come and run. */
  hasLateCode = false
  /** Whether it was opened where nothing may be stored: only late code hears that the person has agreed in another page. */
  awaitsConsent = false
  /** Its lock was taken from it, which it cannot know: to others it is dead. */
  ousted = false
  private readonly timers = new Map<number, { cancelled: boolean }>()
  private readonly endings = new Set<() => void>()
  private deferred: (() => void)[] = []
  private lastTimer = 0
  private readonly onceReady: (() => void)[] = []

  constructor(
    readonly sim: Sim,
    readonly name: string,
    readonly who: Who,
  ) {}

  /** Runs when it dies, unless taken back. */
  atDeath(end: () => void): () => void {
    if (this.dead) end()
    else this.endings.add(end)
    return () => this.endings.delete(end)
  }

  kill(): void {
    if (this.dead) return
    this.dead = true
    for (const timer of this.timers.values()) timer.cancelled = true
    for (const end of [...this.endings]) end()
    this.endings.clear()
    this.deferred = []
  }

  /** A fault that waits at this point; one that kills has done so already. */
  meet(point: Point): Fault | undefined {
    const fault = this.sim.faults.take(point, this.who)
    if (fault?.what === 'kill') this.kill()
    else if (fault) this.noteHindrance(point, fault)
    return fault
  }

  private noteHindrance(point: Point, { what, ms }: Fault): void {
    if (what === 'hang' && (point === 'import' || point === 'registration')) this.hangs = true
    if (point === 'import') this.lateFiles += 1
    const isMute = what === 'hang' || (what === 'slow' && ms >= LOCK_LIMIT_MS)
    if (isMute && (point === 'lock' || point === 'query')) this.sim.locksMute = true
    if (point === 'timer') this.lateBy += ms
    const isOfDisk = STORAGE_POINTS.has(point)
    if (!isOfDisk && point !== 'timer') return
    const until = this.sim.time.elapsed + (what === 'slow' ? ms : 0)
    this.failedUntil = what === 'hang' ? Number.POSITIVE_INFINITY : Math.max(this.failedUntil, until)
    this.hinderedUntil = Math.max(this.hinderedUntil, this.failedUntil)
    // Transactions wait for each other, whatever context they are of.
    if (isOfDisk) this.sim.hinderDisk(until)
  }

  /** It cannot get any further: by itself, or because what a page's first code asked of the disk is never answered. */
  get waitsForGood(): boolean {
    return this.hangs || [...this.sim.hung].some(({ realm }) => realm === this)
  }

  /** Runs it in this context after that time, or when it is thawed, or never. */
  later(ms: number, run: () => void): { cancelled: boolean } {
    return this.sim.time.after(ms, () => this.enter(run))
  }

  enter(run: () => void): void {
    if (this.dead) return
    if (this.frozen) this.deferred.push(run)
    else run()
  }

  onLateCode(): void {
    if (!this.hasLateCode && this.awaitsConsent)
      this.hinderedUntil = Math.max(this.hinderedUntil, this.sim.time.elapsed)
    this.hasLateCode = true
  }

  onReady(): void {
    if (!this.hasLateCode) return
    this.readyAt = this.sim.time.elapsed
    for (const then of this.onceReady.splice(0)) then()
  }

  get isReady(): boolean {
    return this.readyAt <= this.sim.time.elapsed
  }

  /** Runs at the end of this task, if it is ready by now, or once it is; not if it dies before. */
  whenReady(then: () => void): void {
    if (this.isReady) this.sim.time.after(0, () => !this.dead && then())
    else this.onceReady.push(then)
  }

  freeze(): void {
    this.frozen = true
    this.frozenAt = this.sim.time.elapsed
  }

  thaw(): void {
    this.frozen = false
    this.thawedAt = this.sim.time.elapsed
    this.lateBy += this.sim.time.elapsed - this.frozenAt
    // What it had captured just before, it had no time to store.
    this.hinderedUntil = Math.max(this.hinderedUntil, this.sim.time.elapsed)
    const waiting = this.deferred
    this.deferred = []
    for (const run of waiting) this.enter(run)
  }

  /** An effect that takes `ms` by itself: it fails, is late or is never heard of again as the fault at `point` says. */
  async effect<T>(point: Point, work: () => T, ms = 0): Promise<T> {
    if (this.dead) return never()
    const fault = this.meet(point)
    if (this.dead || fault?.what === 'hang') return never()
    const waits = ms + (fault?.what === 'slow' ? fault.ms : 0)
    if (waits > 0 || this.frozen) await new Promise<void>((resolve) => void this.later(waits, resolve))
    if (this.dead) return never()
    if (fault?.what === 'fail') throw new Error(`the platform failed at ${point}`)
    return work()
  }

  readonly setTimeout = (run: () => void, ms = 0): number => {
    this.lastTimer += 1
    const id = this.lastTimer
    if (this.dead) return id
    this.sim.oracle.hold({ context: this.name, ms }, timers)
    // One that was cleared meanwhile does not fire: while it was late, or its page frozen.
    const fire = () => {
      if (this.timers.delete(id)) run()
    }
    const due = () => {
      if (!this.timers.has(id)) return
      const fault = this.meet('timer')
      if (this.dead) return
      if (fault?.what === 'slow') this.later(fault.ms, fire)
      else fire()
    }
    this.timers.set(id, this.later(Math.max(0, ms), due))
    return id
  }

  readonly clearTimeout = (id: number): void => {
    const timer = this.timers.get(id)
    if (timer) timer.cancelled = true
    this.timers.delete(id)
  }

  /** A fault took from it what it knows of its batches: for good, where it cannot use the database any more. */
  disturb(until = this.sim.time.elapsed): void {
    this.disturbedAt = Math.max(this.disturbedAt, until)
  }

  /** Whether others may have had reason to do its work since then. */
  disturbedSince(ms: number): boolean {
    return this.dead || this.ousted || this.disturbedAt >= ms
  }

  /** Whether it made that id. */
  gave(id: string): boolean {
    return kindOf(id) === kindOf(idOf(this.sim.realms.indexOf(this) + 1, 0))
  }

  private idsGiven = 0
  /** Canonical ids that nobody else has, the same in every run. They begin with their time, as a page reads from its producer's. */
  readonly newId = (): string => {
    this.idsGiven += 1
    return idOf(this.sim.realms.indexOf(this) + 1, this.idsGiven, this.sim.time.wall())
  }
}

/** What an id has between its time and its own number. */
const kindOf = (id: string) => id.slice('00000000-0000-'.length, '00000000-0000-7000-8000-'.length)

/** The n-th id of a kind. Kind 0 are the events. */
export function idOf(kind: number, n: number, at = 0): string {
  const time = at.toString(16).padStart(12, '0')
  const own = n.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${kind.toString(16).padStart(3, '0')}-${own}`
}
