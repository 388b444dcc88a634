/**
 * What the person chose, as nobody can forget it: what is captured against it must not leave the device, and what is
 * captured in agreement must not be dropped for it.
 */

import type { Context } from './exchange'
import type { Choices } from './oracle/facts'
import type { Erasure } from './oracle/witness'
import type { Realm } from './realm'
import type { Sim } from './sim'

/** ms that a choice takes at most to be durable and heard of in all tabs, where nothing hinders it. */
const HEARD_WITHIN_MS = 60

export class Refusal implements Choices {
  /** Since when the person refuses, in ms of the timeline. */
  private since: number | undefined
  /** The latest choice by the wall clock. */
  private latestByClock = 0
  /** All pages in which the person has chosen. */
  private readonly choosers = new Set<Realm>()
  /** Whether localStorage had no room for a refusal, so that other pages may not have heard of it. */
  isUnheard = false
  /** Whether the last refusal was made in a page that could write it to neither storage, or died before it could. */
  private isUntold = false
  /** Whether the person has had events erased, and whether a killed browser may have forgotten that since. */
  private hasErased = false
  private isErasureForgotten = false
  /**
   * Whether localStorage could not take the person who follows an erased one: other tabs cannot tell a refusal of that
   * person from one with an erasure.
   */
  private isPersonUnwritten = false
  /** Whether localStorage could not take the last choice, so that the disk alone has it, once it takes it. */
  private isOnDiskAlone = false
  /** Whether the last choice may be forgotten. */
  private isUnsure = false
  /** When the person chose last, and when the page of that choice ended, in ms of the timeline. */
  private chosenAt = 0
  private chooserEndedAt = Number.POSITIVE_INFINITY
  /** Until when another page lived that could hear of that choice and write it down, in ms of the timeline. */
  private heardUntil = Number.NEGATIVE_INFINITY
  /** How often the person has agreed. */
  agreements = 0
  /** The page in which the person chose last. */
  private chooser: Realm | undefined
  /** Since when the person has chosen in that page, in ms of the timeline. */
  private chosenSince = 0
  /**
   * Counts what may cost an event that was captured in agreement: an erasure, a choice in another page, which this page
   * may hear of late, and a wall clock that jumps.
   */
  private turns = 0
  /** What the person asked for with `clear`. */
  private erasures: Erasure[] = []
  /** The latest that the wall clock has ever shown. */
  private latestShown = 0

  constructor(private readonly sim: Sim) {}

  refuse(page: Realm, version: number, erases: boolean): void {
    this.isUnheard ||= this.sim.localFull
    this.isUntold = this.sim.localFull && !this.sim.storageWorksFor(version)
    this.since = this.sim.time.elapsed
    this.chosenIn(page)
    if (erases || this.isPersonUnwritten) this.turns += 1
    if (!erases) return
    this.hasErased = true
    this.isPersonUnwritten = false
  }

  /**
   * What an erasure in this page, which is about to begin, has to hold for, and from when on. Choices go by the device's clock: while it
   * is set back, a page takes an erasure for one from before its time.
   *
   * @param hasBegun false where the page may store nothing yet
   */
  erasure(page: Realm, version: number, hasBegun: boolean): Erasure {
    const { sim } = this
    const { elapsed: at } = sim.time
    const wall = sim.time.wall()
    const erasure = { at, wall, onDiskFrom: Number.POSITIVE_INFINITY, toldFrom: Number.POSITIVE_INFINITY }
    if (wall < this.latestShown) return erasure
    this.erasures.push(erasure)
    const { localWritesRefused } = sim
    const { lateFiles } = page
    // What its late code writes to localStorage, it writes in the very task in which it is asked to erase, or has come itself.
    page.whenReady(() => {
      const isWritten = sim.localWritesRefused === localWritesRefused && !sim.localFull
      if (isWritten && this.erasures.includes(erasure)) erasure.toldFrom = sim.time.elapsed + HEARD_WITHIN_MS
    })
    // A page that may not begin has late code erase what others have stored: one file, which asks for another one.
    const isCodeThere = hasBegun || page.isReady
    sim.time.after(HEARD_WITHIN_MS + (hasBegun ? 0 : 2 * sim.world.files.ms), () => {
      const isThere = !page.dead && !page.frozen && isCodeThere && (hasBegun || page.lateFiles === lateFiles)
      const hinderedUntil = Math.max(sim.diskHinderedUntil, page.hinderedUntil)
      const isOnDisk = isThere && hinderedUntil < at && sim.storageWorksFor(version)
      if (isOnDisk && this.erasures.includes(erasure)) erasure.onDiskFrom = sim.time.elapsed
    })
    return erasure
  }

  /** localStorage could not take the person that captures now. */
  personUnwritten(): void {
    this.isPersonUnwritten = this.hasErased
  }

  agree(page: Realm): void {
    this.since = undefined
    this.agreements += 1
    this.chosenIn(page)
  }

  /**
   * The browser was killed, and localStorage has lost what was written lately. A page that ended right after its choice
   * may have had no time to write the choice to IndexedDB, so that either of the last two choices may hold, unless
   * another page had the time to do it.
   */
  browserKilled(): void {
    this.isErasureForgotten = this.hasErased
    const wasBrief = Math.min(this.chooserEndedAt, this.sim.time.elapsed) - this.chosenAt < HEARD_WITHIN_MS
    const wasHeard = this.heardUntil - this.chooserEndedAt >= HEARD_WITHIN_MS
    this.isUnsure = wasBrief && !wasHeard
  }

  /** localStorage could not take the choice that was just made. */
  notInLocalStorage(): void {
    this.isOnDiskAlone = true
  }

  private chosenIn(page: Realm): void {
    this.isUnsure = false
    this.isOnDiskAlone = false
    this.chosenAt = this.sim.time.elapsed
    this.chooserEndedAt = Number.POSITIVE_INFINITY
    this.heardUntil = Number.NEGATIVE_INFINITY
    const { chosenAt } = this
    page.atDeath(() => {
      if (page !== this.chooser) return
      this.chooserEndedAt = this.sim.time.elapsed
      if (!this.isOnDiskAlone) {
        this.sim.hearer(page)?.atDeath(() => {
          const isLatest = chosenAt === this.chosenAt && this.sim.diskHinderedUntil < chosenAt
          if (isLatest) this.heardUntil = this.sim.time.elapsed
        })
      }
      const disk = Math.max(this.sim.diskHinderedUntil, page.hinderedUntil)
      // Of several choices at once a page that ends right after may have written down some. A choice that neither
      // storage had when its page ended is nowhere.
      const hadTime = this.chooserEndedAt - this.chosenAt >= HEARD_WITHIN_MS
      const isNowhere = this.isOnDiskAlone && (!hadTime || disk >= this.chosenAt)
      if (!hadTime || isNowhere) this.turns += 1
      this.isUntold ||= isNowhere
    })
    this.latestByClock = Math.max(this.latestByClock, this.sim.time.wall())
    this.choosers.add(page)
    if (page === this.chooser) return
    // While the disk hangs, a choice is replaced by that of another page before it could be written.
    if (this.sim.diskHinderedUntil >= this.sim.time.elapsed) this.turns += 1
    this.chooser = page
    this.chosenSince = this.sim.time.elapsed
  }

  /** Whether the person refuses just now. */
  get isRefused(): boolean {
    return this.since !== undefined
  }

  clockJumped(by: number): void {
    this.turns += 1
    const { sim } = this
    this.latestShown = Math.max(this.latestShown, sim.time.wall())
    // Behind an erasure, a later choice may be earlier than it by the clock.
    for (const erasure of this.erasures) {
      if (erasure.wall <= sim.time.wall() + by) continue
      erasure.onDiskFrom = Number.POSITIVE_INFINITY
      erasure.toldFrom = Number.POSITIVE_INFINITY
    }
    this.erasures = this.erasures.filter(({ wall }) => wall <= sim.time.wall() + by)
  }

  /** Whether the person refuses now, and has said so in this page: it knows that whatever the disk is like. */
  isRefusedIn(page: Context): boolean {
    return this.since !== undefined && page === this.chooser
  }

  /** Whether this page may give up what it captures now because of a choice. */
  mayGiveUp(page: Context): boolean {
    return this.holds || this.isClockBehind || this.isOfErased(page)
  }

  /** Whether the clock was set back behind a choice: a page that has not heard of the choice yet captures before it. */
  private get isClockBehind(): boolean {
    return this.sim.time.wall() < this.latestByClock
  }

  /** For an event that this page captures now: the turn that `isAgreed` asks for, if the person agreed here. */
  agreementIn(page: Realm, version: number): number | undefined {
    // A page need not have heard of what the person chose in another one.
    const knows = this.chooser === undefined || page === this.chooser
    return this.since === undefined && knows && this.sim.storageWorksFor(version) ? this.turns : undefined
  }

  /** Whether an event that was captured in that turn must still not be dropped because of a choice. */
  isAgreed(page: Context, turn: number | undefined): boolean {
    if (turn !== this.turns || this.sim.diskHinderedUntil >= this.chosenSince) return false
    // While the clock is behind a choice, a host cannot tell what was captured before a refusal.
    if (this.isClockBehind) return false
    // A page whose disk hangs writes its choice down whenever the disk lets it.
    return [page, ...this.choosers].every(({ hinderedUntil }) => hinderedUntil < this.chosenSince)
  }

  /** Whether a page that captures now does so only because it has not heard of the refusal. */
  private get holds(): boolean {
    return this.since !== undefined || this.isUnsure
  }

  /**
   * Whether what this page captures now is of a person that was erased: a killed browser has forgotten the erasure, and
   * the page, in which the person agrees again, has not read of it yet.
   */
  private isOfErased(page: Context): boolean {
    if (!this.isErasureForgotten || page !== this.chooser) return false
    return (
      this.sim.time.elapsed < Math.max(this.chosenAt, page.hinderedUntil, this.sim.diskHinderedUntil) + HEARD_WITHIN_MS
    )
  }

  /** Since when there is a refusal that was written down by now, and that this page could read, if there is one. */
  knownTo(page: Realm, version: number): number | undefined {
    const { sim, since } = this
    if (
      since === undefined ||
      this.isUnsure ||
      this.isUntold ||
      sim.time.elapsed - since < HEARD_WITHIN_MS ||
      !sim.storageWorksFor(version)
    )
      return undefined
    return this.couldRead(page, since) ? since : undefined
  }

  /**
   * Whether the disk has not failed this page since that refusal: a disk that fails is no disk to rely on. Where
   * localStorage had no room for the refusal, the disk must not have failed the page that wrote the refusal down either.
   */
  couldRead(page: Context, since: number): boolean {
    // Of a refusal that has ended, which localStorage had no room for, the moments on the disk alone can tell.
    if (this.isUnheard && this.isClockBehind && this.since === undefined) return false
    const pages = this.isUnheard ? [page, ...this.choosers] : [page]
    return Math.max(this.sim.diskHinderedUntil, ...pages.map(({ hinderedUntil }) => hinderedUntil)) < since
  }
}
