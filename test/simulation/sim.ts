/** One browser with its tabs, workers and disk, one collector, and a clock that obeys. */

import { DATABASE_NAME } from '../../src/adapters/open-database'
import { PERSON_KEY } from '../../src/client/first/person'
import type { Report } from '../../src/core/base/reports'
import { readSettings } from '../../src/core/config/settings'
import { createRandom } from '../support/random'
import { OK } from './answers'
import { Collector } from './collector'
import type { Change } from './disk'
import { Faults } from './faults'
import type { Version } from './globals'
import type { FileCache } from './late-files'
import { KeptStorage } from './local-storage'
import type { Circumstances } from './oracle/facts'
import { givenUp } from './oracle/given-up'
import { Oracle } from './oracle/oracle'
import { person } from './oracle/person'
import { namedHost } from './oracle/requests'
import { endlessTasks } from './oracle/spin'
import { unsent } from './oracle/unsent'
import { isOpen, type Witness } from './oracle/witness'
import { backupsIn, Page } from './page'
import { Persons } from './persons'
import { KEPT, type Promises } from './promises'
import { idOf, Realm } from './realm'
import { Refusal } from './refusal'
import { Registration } from './registration'
import { AT_PEACE_MS, Requests, WITHOUT_LOCKS_MS } from './requests'
import type { FirstCapture, PageSetup, Plan, Step } from './steps'
import { DatabaseOnDisk, type OpenTransaction } from './storage'
import { Timeline } from './timeline'
import { UNWANTED } from './unwanted'

/** More tabs than this are not opened: the oldest is closed. */
const MOST_TABS = 4

/** Chromium tries a sync three times, */
const SYNC_TRIES = 3

/** the next one this many ms after one that failed, at first. */
const SYNC_PAUSE_MS = 300_000

/** The databases of the version that has moved on are numbered from here on (`bundle.ts`). */
const LATER_DATABASE = 1_000
const LATEST = 2

/** How long it may take until nothing is left, once nothing fails any more, in ms. */
const DRAIN_MS = 45 * 60_000

/** What was in the way may be felt for this many ms: a host that fell silent is given up only after a while. */
const AFTERMATH_MS = 30_000

/** Something went wrong in the moments before this many ms: a page that left then may have lost its last words. */
const MOMENT_MS = 60_000

const RELAY_CHOICES = { 'relay erase': 'erase', 'relay refuse': 'refuse', 'relay consent': 'consent' } as const

export class Sim {
  readonly time = new Timeline()
  readonly faults = new Faults(() => this.time.elapsed)
  readonly refusal = new Refusal(this)
  /** Of the events. */
  readonly oracle = new Oracle(() => this.circumstances)
  readonly persons = new Persons((facts) => this.oracle.hold(facts, person))
  readonly collector = new Collector(this)
  private readonly databases = new Map<string, DatabaseOnDisk>()
  /** The library's. */
  readonly disk = this.database(DATABASE_NAME).disk
  /** Transactions that get no answer: nothing else gets one until they are aborted, or their context ends. */
  readonly hung = new Set<OpenTransaction>()
  private lateUntil = Number.NEGATIVE_INFINITY
  /** A lock was not granted or listed in time. */
  locksMute = false
  readonly fileCache: FileCache = new Set()
  readonly settings
  readonly world
  readonly realms: Realm[] = []
  readonly channels = new Set<{ name: string; onmessage: unknown; hear(data: unknown): void }>()
  readonly locks = new Map<string, Realm>()
  readonly local = new KeptStorage(
    () => this.time.elapsed,
    (key) => this.canWriteLocally(key),
  )
  pages: Page[] = []
  readonly gone: Page[] = []
  readonly registration: Registration
  /** Absent where no page has a relay. */
  readonly requests: Requests | undefined
  /** Since when a page could send, and nothing was in its way, in ms of the timeline. */
  private atPeaceSince = 0
  /** Since when nothing was in the way of events that are on disk, in ms of the timeline. */
  private sendsSince = 0
  /** When the latest page was closed, crashed, or went into the back/forward cache. */
  lastLeftAt = Number.NEGATIVE_INFINITY
  online = true
  /** How often the browser was started. */
  lives = 1
  /** What a host dropped that had no disk. One that has the page's journal may drop the same, and tells of that as well. */
  readonly droppedInMemory = new Set<string>()
  /** A page hears a report just now. */
  hearing = false
  localWritesRefused = 0
  localFull = false
  private syncing = false
  private eventsMade = 0
  private randomDraws = 0

  constructor(
    private readonly versions: Version[],
    { world }: Plan,
    readonly promises: Promises = KEPT,
  ) {
    this.world = world
    this.settings = readSettings(world.options, () => undefined)
    this.registration = new Registration(this)
    this.requests = world.relay && new Requests(this, world.relay)
  }

  get circumstances(): Circumstances {
    return {
      settings: this.settings,
      elapsed: this.time.elapsed,
      wall: this.time.wall(),
      latestWallSince: (elapsed) => this.time.latestWallSince(elapsed),
      setBackMs: this.time.setBackLately(),
      leasesUnsure: this.leasesUnsure(),
      choices: this.refusal,
    }
  }

  /** Of the events and of each host's requests. */
  get oracles(): Oracle[] {
    return [this.oracle, ...(this.requests?.all.map(({ ofQueue }) => ofQueue) ?? [])]
  }

  oracleOf(queue: string): Oracle {
    return this.requests?.ofQueue(queue)?.ofQueue ?? this.oracle
  }

  serverOf(url: string): Collector {
    const server = this.requests?.hosts.get(new URL(url).origin)
    if (!server && !url.startsWith(`${this.world.host}/`)) this.oracle.hold({ url }, namedHost)
    return server ?? this.collector
  }

  /** A transaction on the library's database was committed: what each queue knows of it. */
  committed(by: Realm, changes: Change[]): void {
    if (!this.requests) return this.oracle.committed(by, changes)
    const ofOracles = new Map<Oracle, Change[]>()
    for (const change of changes) {
      const oracle = this.oracleOf(String(change.key[0]))
      const known = ofOracles.get(oracle)
      if (known) known.push(change)
      else ofOracles.set(oracle, [change])
    }
    for (const [oracle, own] of ofOracles) oracle.committed(by, own)
  }

  /** The same numbers whatever was left out of a run before. */
  random(): number {
    this.randomDraws += 1
    return createRandom(this.time.elapsed + this.randomDraws).next()
  }

  newEventId(): string {
    this.eventsMade += 1
    return idOf(0, this.eventsMade)
  }

  newRealm(who: 'worker' | 'page'): Realm {
    const realm = new Realm(this, `${who} ${this.realms.length + 1}`, who)
    this.realms.push(realm)
    return realm
  }

  versionOf(number: number): Version {
    return this.versions[number] as Version
  }

  messageVersion(number: number): number {
    return number === 0 ? 1 : 2
  }

  isHostMessage(message: unknown): boolean {
    return typeof message === 'object' && message !== null && 'outlast' in message
  }

  /** Those that have been made, as `indexedDB.databases()` tells. */
  databasesOnDisk(): { name: string; version: number }[] {
    return [...this.databases].flatMap(([name, { disk }]) =>
      disk.version > 0 ? [{ name, version: disk.version }] : [],
    )
  }

  database(name: string): DatabaseOnDisk {
    const known = this.databases.get(name) ?? new DatabaseOnDisk(name)
    this.databases.set(name, known)
    return known
  }

  /** Not for a page of a version that the database is too late for. */
  storageWorksFor(version: number): boolean {
    return !this.disk.isFull && (this.disk.version < LATER_DATABASE || version === LATEST)
  }

  /** Whether something else than files and registrations was in a page's way since then. */
  troubledSince(ms: number, version: number): boolean {
    const isHeldUp = this.localFull || this.hung.size > 0 || !this.storageWorksFor(version)
    const isNow = !this.online || isHeldUp || this.collector.weather !== OK
    return isNow || this.faults.troubledUntil > ms - AFTERMATH_MS
  }

  private canWriteLocally(key: string): boolean {
    const failed = this.faults.take('backup', 'page') !== undefined
    if (this.localFull) this.faults.note('local storage full')
    if (!failed && !this.localFull) return true
    this.localWritesRefused += 1
    const refusal = key.includes('relay:') ? this.requests?.refusal : this.refusal
    if (key.endsWith(`:${PERSON_KEY}`)) refusal?.personUnwritten()
    return false
  }

  /** Until when a transaction may be held up by one that is late, in ms of the timeline. */
  get diskHinderedUntil(): number {
    return this.hung.size > 0 ? Math.max(this.lateUntil, this.time.elapsed) : this.lateUntil
  }

  hinderDisk(until = this.time.elapsed): void {
    this.lateUntil = Math.max(this.lateUntil, until)
  }

  /** Where nobody can tell who lives, a lease ends by the wall clock, which jumps. */
  leasesUnsure(): boolean {
    if (!this.world.locks || this.locksMute) return true
    const { happened } = this.faults
    return happened.has('fail at query') || happened.has('fail at lock') || happened.has('broken lock')
  }

  /** A host tells every page what happened. */
  reported(data: unknown): void {
    const { report, queue } = data as { report: Report; queue: string }
    if (report.type !== 'drop') return
    const { reason, uuids, count } = report
    const oracle = this.oracleOf(queue)
    // Not by the host that the page asked last: one whose disk is full may ask the host on disk again while the one in memory
    // still has what it was given.
    const inMemory = uuids.length > 0 && uuids.every((uuid) => oracle.trace.events.get(uuid)?.inMemory)
    if (inMemory) for (const uuid of uuids) this.droppedInMemory.add(uuid)
    oracle.droppedByHost(reason, uuids, count, inMemory)
  }

  wantSync(): void {
    if (this.syncing) return
    this.syncing = true
    this.trySync(1)
  }

  private trySync(attempt: number): void {
    this.time.after(50, () => {
      if (!this.online) return this.trySync(attempt)
      const again = (well: boolean) => {
        if (well || attempt >= SYNC_TRIES) this.syncing = false
        else this.time.after(SYNC_PAUSE_MS, () => this.trySync(attempt + 1))
      }
      void this.registration.active?.sync().then(again)
      // A worker that died over it never answers.
      this.time.after(SYNC_PAUSE_MS * 2, () => (this.syncing = false))
    })
  }

  /** Returns after the first step that breaks a promise. */
  async run(steps: readonly Step[]): Promise<number> {
    for (const [index, step] of steps.entries()) {
      this.apply(step)
      if (!step.together) await this.pass(step.ms)
      if (this.oracle.broken) return index + 1
    }
    await this.end()
    return steps.length
  }

  private async pass(ms: number): Promise<void> {
    try {
      await this.time.advance(ms, () => this.oracle.broken !== undefined)
    } catch (error) {
      this.oracle.hold({ error }, endlessTasks)
    }
    for (const page of this.pages.filter(({ realm }) => realm.dead)) page.end('crashed')
    this.checkHeldUp()
    this.checkUnsent()
    if (this.promises.settles) for (const page of this.pages) page.checkSettled()
    for (const tx of this.hung) this.oracle.hold({ context: tx.realm.name, ...tx.silence() }, givenUp)
    this.gone.push(...this.pages.filter(({ gone }) => gone))
    this.pages = this.pages.filter(({ gone }) => !gone)
  }

  /** No request waits for long of a host that has never failed, while there is a page that can send. */
  private checkHeldUp(): void {
    const { requests, faults, time, online } = this
    if (!requests) return
    const { elapsed } = time
    const canSend = this.pages.some(
      // Where there is no worker, what a closed page had waits until another page is opened, or comes back.
      (page) => page.canSend && (page.setup.worker || page.lookedAt > this.lastLeftAt),
    )
    const isInTheWay =
      !online || !canSend || this.localFull || this.hung.size > 0 || this.locksMute || this.world.oldWorker
    if (isInTheWay) this.atPeaceSince = elapsed
    const since = Math.max(this.atPeaceSince, faults.troubledUntil, this.lateUntil)
    requests.checkHeldUp(elapsed - since)
  }

  /** What an open page has on disk goes out, unless a refusal, a hook of the worker, a pause or a clock that jumps may keep it there. */
  private checkUnsent(): void {
    const { faults, time, online, collector, world, oracle } = this
    const { elapsed } = time
    const isInTheWay = !online || this.localFull || this.hung.size > 0 || this.disk.isFull || collector.weather !== OK
    if (isInTheWay) this.sendsSince = elapsed
    const mayWait = world.hook || world.oldWorker || collector.hasNamedPause || oracle.trace.refusals > 0
    if (mayWait || faults.happened.has('clock jump')) return
    const peaceMs = elapsed - Math.max(this.sendsSince, faults.troubledUntil, this.lateUntil)
    const limitMs = world.locks && !this.locksMute ? AT_PEACE_MS : WITHOUT_LOCKS_MS
    if (peaceMs <= limitMs) return
    for (const { realm, captured, canSend, setup, shut, openSince } of this.pages) {
      if (!canSend || shut || setup.version !== 0) continue
      const waiting = captured.find(({ onDisk, journaled, requests }) => requests === 0 && (onDisk || journaled > 0))
      if (!waiting) continue
      const waitedMs = Math.min(peaceMs, elapsed - Math.max(waiting.capturedAt, openSince))
      oracle.hold({ page: realm.name, uuid: waiting.uuid, waitedMs, limitMs }, unsent)
    }
  }

  /** -1 is the one that was opened last. */
  private tab(number: number, of: (page: Page) => boolean = (page) => page.listed): Page | undefined {
    const open = this.pages.filter((page) => of(page) && !page.realm.dead)
    return open.at(number % open.length)
  }

  private apply(step: Step): void {
    const { faults, oracle, collector } = this
    switch (step.do) {
      case 'open':
        return this.open(step.setup, step.first)
      case 'capture':
        return this.tab(step.tab)?.capture(step, step.unwanted ? UNWANTED : 'event')
      case 'flush': {
        const page = this.tab(step.tab)
        return page?.ask('flush', page.client.flush())
      }
      case 'pending': {
        const page = this.tab(step.tab)
        return page?.ask('pending', page.client.pending())
      }
      case 'stats': {
        const page = this.tab(step.tab)
        return page?.ask(
          'stats',
          page.client.stats().then((stats) => oracle.counted(stats, 'stats of a client')),
        )
      }
      case 'shutdown':
        return this.tab(step.tab)?.shutdown(step.timeoutMs)
      case 'hide':
      case 'show':
        return this.tab(step.tab)?.[step.do]()
      case 'close':
        return this.close(this.tab(step.tab))
      case 'crash': {
        const page = this.tab(step.tab)
        if (page) faults.note('crashed tab')
        return page?.end('crashed')
      }
      case 'away':
        return this.away(this.tab(step.tab))
      case 'return':
        return this.tab(step.tab, (page) => page.realm.frozen)?.back()
      case 'erase': {
        const page = this.tab(step.tab)
        if (!page?.mayChoose || page.shut) return
        oracle.trace.toErase(this.refusal.erasure(page.realm, page.setup.version, page.hasBegun))
        page.choose(true)
        oracle.trace.erased(page.captured)
        page.persons.next()
        this.refuse(page, true)
        return this.choose(() => page.client.optOut({ clear: true }))
      }
      case 'refuse': {
        const page = this.tab(step.tab)
        if (!page?.mayChoose || page.shut) return
        page.choose(true)
        oracle.trace.refused()
        this.refuse(page, false)
        return this.choose(() => page.client.optOut())
      }
      case 'consent': {
        const page = this.tab(step.tab)
        if (!page?.mayChoose) return
        page.choose(false)
        this.refusal.agree(page.realm)
        return this.choose(() => page.client.optIn())
      }
      case 'reset':
      case 'identify':
      case 'register':
        return this.tab(step.tab)?.change(step.do)
      case 'wait':
        return
      case 'jump':
        faults.note('clock jump')
        this.refusal.clockJumped(step.by)
        this.requests?.refusal.clockJumped(step.by)
        return this.time.jump(step.by)
      case 'network':
        return this.network(step.online)
      case 'kill worker':
        if (this.registration.active?.running) faults.note('killed worker')
        return this.registration.active?.kill()
      case 'kill browser':
        return this.killBrowser(step.unwrittenMs)
      case 'update':
        if (!this.registration.active) return
        faults.note('worker update')
        return this.registration.update(step.version)
      case 'break lock':
        return this.breakLock(step.lock)
      case 'send':
        return this.tab(step.tab)?.relay?.send(step.request)
      case 'relay stats':
        return this.tab(step.tab)?.relay?.stats()
      case 'relay flush':
        return this.tab(step.tab)?.relay?.flush()
      case 'relay erase':
      case 'relay refuse':
      case 'relay consent':
        return this.chooseForRelay(this.tab(step.tab), RELAY_CHOICES[step.do])
      case 'host weather': {
        const host = this.requests?.all[step.host]
        if (host) host.weather = step.answer
        return
      }
      case 'host answer':
        return this.requests?.all[step.host]?.plan(step.answer)
      case 'weather':
        collector.weather = step.answer
        return
      case 'answer':
        return collector.plan(step.answer)
      case 'disk':
        faults.note(step.full ? 'full disk' : 'room on the disk')
        this.hinderDisk()
        return this.disk.setFull(step.full)
      case 'local storage':
        this.localFull = step.full
        return
      case 'fault':
        return faults.arm(step.fault)
    }
  }

  /** Another page that can hear of a choice in this page, and write it down. */
  hearer(chooser: Realm): Realm | undefined {
    const page = this.pages.find(({ realm, isLasting, shut, setup }) => {
      const isThere = realm !== chooser && !realm.dead && !realm.frozen && realm.hasLateCode && !shut
      return isThere && isLasting && realm.hinderedUntil < this.time.elapsed && this.storageWorksFor(setup.version)
    })
    return page?.realm
  }

  private choose(choice: () => void, refusal = this.refusal): void {
    const writesRefused = this.localWritesRefused
    choice()
    if (this.localWritesRefused > writesRefused) refusal.notInLocalStorage()
  }

  private chooseForRelay(page: Page | undefined, how: (typeof RELAY_CHOICES)[keyof typeof RELAY_CHOICES]): void {
    const relay = page?.mayChoose && page.relay
    if (relay) this.choose(() => relay.choose(how), this.requests?.refusal)
  }

  private refuse(page: Page, erases: boolean): void {
    // A tab whose late code is not there yet does not hear that the person agreed for a while in another tab. It still
    // has the person whom it made for the refusal before.
    if (this.refusal.agreements > 0 && this.pages.length > 1) this.persons.unsure = true
    // A page that keeps nothing has another person once it hears of it.
    for (const one of this.pages) if (!one.mayChoose) one.persons.unsure = true
    this.refusal.refuse(page.realm, page.setup.version, erases)
  }

  /** With what it captures in its first task, if anything. */
  private open(setup: PageSetup, first?: FirstCapture): void {
    const live = this.pages.filter(({ realm }) => !realm.dead)
    if (live.length >= MOST_TABS) this.close(live.find(({ listed }) => listed) ?? live[0])
    const page = new Page(this, this.newRealm('page'), setup)
    this.pages.push(page)
    if (first) page.capture(first, 'event')
  }

  /** All of it at once, without a word: what it had not written to the disk is gone. */
  private killBrowser(unwrittenMs: number): void {
    this.faults.note('killed browser')
    this.lives += 1
    for (const realm of this.realms) realm.kill()
    this.registration.killed()
    // Who they were may stand in what was not written out yet: whoever comes next is somebody new then.
    this.persons.unsure = true
    this.local.goBackTo(this.time.elapsed - unwrittenMs)
    this.refusal.browserKilled()
    this.requests?.refusal.browserKilled()
    for (const { trace } of this.oracles) trace.leftInStorage(backupsIn(this.local.area))
  }

  private close(page: Page | undefined): void {
    if (!page) return
    page.leave(false)
    // It runs until its handlers have come to rest, and no longer.
    this.time.after(0, () => page.end('left'))
  }

  private away(page: Page | undefined): void {
    if (!page) return
    page.leave(true)
    this.time.after(0, () => {
      // A page that holds a lock or is in a transaction is not kept.
      const isStoring = [...this.databases.values()].some(({ queue }) => queue.busyWith(page.realm))
      const busy = [...this.locks.values()].includes(page.realm) || isStoring
      if (busy) page.end('left')
      else page.freeze()
    })
  }

  /** As when somebody steals it, or the browser's keeper of locks is started anew. */
  private breakLock(number: number): void {
    const names = [...this.locks.keys()]
    const name = names[number % names.length]
    if (name === undefined) return
    this.faults.note('broken lock')
    const sender = this.locks.get(name)
    if (sender) sender.ousted = true
    this.locks.delete(name)
  }

  private network(online: boolean): void {
    if (online === this.online) return
    this.online = online
    if (!online) this.faults.note('offline')
    for (const page of this.pages) page.realm.enter(() => page.network())
  }

  /** Nothing fails any more: everything has to come to its end. */
  private async end(): Promise<void> {
    this.faults.disarm()
    this.collector.clear()
    this.requests?.clear()
    this.disk.setFull(false)
    this.localFull = false
    for (const page of this.pages) if (page.realm.frozen) page.back()
    if (this.world.lastWakeFails) for (const page of this.pages) this.close(page)
    this.network(true)
    // A page whose late code is still on its way registers its worker later.
    const brings = this.pages.some(({ realm, setup }) => !realm.dead && setup.worker && setup.workerVersion === LATEST)
    const isLater = this.disk.version >= LATER_DATABASE || brings || this.registration.brings(LATEST)
    const version = isLater ? LATEST : 0
    const visit: PageSetup = { version, worker: true, workerVersion: version, options: {} }
    await this.pass(MOMENT_MS)
    // One that waits for what never comes is left in the end, and others take up what it had: a file that hangs, or the hook
    // of a worker that speaks another version.
    const waits = (page: Page) => page.realm.waitsForGood || (this.world.hook && page.setup.version !== version)
    for (const page of this.pages) if (waits(page)) this.close(page)
    const needsEvent = this.world.oldWorker !== undefined && !this.promises.notices
    if (this.world.lastWakeFails) this.failFirstWake()
    this.open(visit, needsEvent ? { count: 1, kind: 'plain', padding: 0 } : undefined)
    const before = this.time.elapsed
    while (!this.oracle.broken && this.time.elapsed - before < DRAIN_MS) {
      await this.pass(MOMENT_MS)
      if (!this.left()) break
    }
    if (!this.oracle.broken) this.checkEnd()
  }

  /** A worker tries twice before it refuses what it was asked. */
  private failFirstWake(): void {
    this.registration.active?.kill()
    for (let tries = 2; tries > 0; tries--) this.faults.arm({ at: 'open', who: 'worker', what: 'fail', skip: 0, ms: 0 })
  }

  private left(): boolean {
    const isLeft = this.oracles.some(({ trace: { journaled, pending } }) => journaled > 0 || pending > 0)
    return isLeft || this.pages.some(({ asked, allCaptured }) => asked.size > 0 || allCaptured.some(isOpen))
  }

  private checkEnd(): void {
    const backups = Object.keys(this.local.area).filter((key) => key.includes(':backup:'))
    const locks = [...this.locks].map(([name, { name: holder }]) => ({ name, holder }))
    const endOf = (oracle: Oracle, capturedBy: (page: Page) => Witness[]) =>
      oracle.ended({
        pages: this.pages.map((page) => ({
          name: page.realm.name,
          waiting: [...page.asked.keys()],
          captured: capturedBy(page),
        })),
        backups,
        locks,
      })
    endOf(this.oracle, ({ captured }) => captured)
    for (const [origin, { ofQueue }] of this.requests?.hosts ?? []) {
      endOf(ofQueue, ({ relay }) => relay?.captured.get(origin) ?? [])
    }
  }
}
