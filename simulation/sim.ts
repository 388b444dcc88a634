/** One browser with its tabs, workers and disk, one collector, and a clock that obeys. */

import type { Report } from '../src/core/reports'
import { readSettings } from '../src/core/settings'
import { OK } from './answers'
import { Collector } from './collector'
import { Disk } from './disk'
import { Faults } from './faults'
import type { Version } from './globals'
import { Ledger, UNWANTED } from './ledger'
import { Listeners } from './listeners'
import { newStorage, Page } from './page'
import { Persons } from './persons'
import { idOf, Realm } from './realm'
import type { PageSetup, Plan, Step } from './steps'
import { StorageQueue } from './storage'
import { Timeline } from './timeline'
import { Worker } from './worker'

/** More tabs than this are not opened: the oldest is closed. */
const MOST_TABS = 4

/** How long a worker takes to install, in ms. */
const INSTALL_MS = 60

/** Chromium tries a sync three times, */
const SYNC_TRIES = 3

/** the next one this many ms after one that failed, at first. */
const SYNC_PAUSE_MS = 300_000

/** The databases of the version that has moved on are numbered from here on (`bundle.mjs`). */
const LATER_DATABASE = 1_000

/** How long it may take until nothing is left, once nothing fails any more, in ms. */
const DRAIN_MS = 45 * 60_000

/** Something went wrong in the moments before this many ms: a page that left then may have lost its last words. */
const MOMENT_MS = 60_000

export class Sim {
  readonly time = new Timeline()
  readonly faults = new Faults()
  readonly ledger = new Ledger(this)
  readonly persons = new Persons((detail) => this.ledger.breach('person', detail))
  readonly collector = new Collector(this)
  readonly disk = new Disk()
  readonly storage = new StorageQueue()
  readonly settings
  readonly world
  readonly realms: Realm[] = []
  readonly channels = new Set<{ onmessage: unknown; hear(data: unknown): void }>()
  readonly locks = new Map<string, Realm>()
  readonly local = newStorage(() => this.canWriteLocally())
  pages: Page[] = []
  readonly gone: Page[] = []
  active: Worker | undefined
  installing: (Listeners & { state: string }) | undefined
  online = true
  /** A page hears a report just now. */
  hearing = false
  localWritesRefused = 0
  private localFull = false
  private syncing = false
  private eventsMade = 0
  private randomDraws = 0

  constructor(
    private readonly versions: Version[],
    { world }: Plan,
  ) {
    this.world = world
    this.settings = readSettings(world.options, () => undefined)
  }

  /** The same numbers whatever was left out of a run before. */
  random(): number {
    this.randomDraws += 1
    const x = Math.sin(this.time.elapsed + this.randomDraws) * 10_000
    return x - Math.floor(x)
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

  private canWriteLocally(): boolean {
    const failed = this.faults.take('spill', 'page') !== undefined
    if (this.localFull) this.faults.note('local storage full')
    if (failed || this.localFull) this.localWritesRefused += 1
    return !failed && !this.localFull
  }

  openRequests(realm: Realm): number {
    return this.collector.openOf(realm)
  }

  /** Where nobody can tell who lives, a lease ends by the wall clock, which jumps. */
  leasesUnsure(): boolean {
    if (!this.world.locks) return true
    const { happened } = this.faults
    return happened.has('fail at query') || happened.has('fail at lock') || happened.has('broken lock')
  }

  /** A host tells every page what happened. */
  reported(realm: Realm, data: unknown): void {
    const { report } = data as { report: Report }
    if (report.type === 'drop') this.ledger.droppedByHost(report.reason, report.uuids, report.count, realm.keepsNothing)
  }

  registerWorker(version: number): void {
    if (this.active?.version === version || this.installing) return
    const installing = Object.assign(new Listeners(), { state: 'installing' })
    this.installing = installing
    this.time.after(INSTALL_MS, () => {
      this.installing = undefined
      this.update(version)
      installing.state = 'activated'
      installing.dispatch('statechange')
    })
  }

  update(version: number): void {
    const old = this.active
    this.active = new Worker(this, version)
    this.active.activate()
    // Without locks nobody could tell that the old one lives, so it must not: as browsers see to.
    if (!this.world.locks) old?.kill()
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
      void this.active?.sync().then(again)
      // A worker that died over it never answers.
      this.time.after(SYNC_PAUSE_MS * 2, () => (this.syncing = false))
    })
  }

  /** Returns after the first step that breaks a promise. */
  async run(steps: readonly Step[]): Promise<number> {
    for (const [index, step] of steps.entries()) {
      this.apply(step)
      await this.pass(step.ms)
      if (this.ledger.broken) return index + 1
    }
    await this.end()
    return steps.length
  }

  private async pass(ms: number): Promise<void> {
    try {
      await this.time.advance(ms, () => this.ledger.broken !== undefined)
    } catch (error) {
      this.ledger.breach('spin', (error as Error).message)
    }
    for (const page of this.pages.filter(({ realm }) => realm.dead)) page.end('crashed')
    this.gone.push(...this.pages.filter(({ gone }) => gone))
    this.pages = this.pages.filter(({ gone }) => !gone)
  }

  private tab(number: number, of: (page: Page) => boolean = (page) => page.listed): Page | undefined {
    const open = this.pages.filter((page) => of(page) && !page.realm.dead)
    return open[number % open.length]
  }

  private apply(step: Step): void {
    const { faults, ledger, collector } = this
    switch (step.do) {
      case 'open':
        return this.open(step.setup)
      case 'capture':
        return this.tab(step.tab)?.capture(step.count, step.kind, step.unwanted ? UNWANTED : 'event', step.padding)
      case 'flush': {
        const page = this.tab(step.tab)
        return page?.ask('flush', page.client.flush())
      }
      case 'stats': {
        const page = this.tab(step.tab)
        return page?.ask(
          'stats',
          page.client.stats().then((stats) => ledger.balanced(stats, 'stats of a client')),
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
      case 'forget': {
        const page = this.tab(step.tab)
        if (!page || page.shut) return
        ledger.purged(page.captured)
        page.persons.next()
        return page.client.optOut({ clear: true })
      }
      case 'consent':
        return this.tab(step.tab)?.client.optIn()
      case 'reset':
      case 'identify':
      case 'register':
        return this.tab(step.tab)?.change(step.do)
      case 'wait':
        return
      case 'jump':
        faults.note('clock jump')
        return this.time.jump(step.by)
      case 'network':
        return this.network(step.online)
      case 'kill worker':
        if (this.active?.running) faults.note('killed worker')
        return this.active?.kill()
      case 'update':
        if (!this.active) return
        faults.note('worker update')
        return this.update(step.version)
      case 'break lock':
        return this.breakLock(step.lock)
      case 'weather':
        collector.weather = step.answer
        return
      case 'answer':
        return collector.plan(step.answer)
      case 'disk':
        return this.disk.setFull(step.full)
      case 'local storage':
        this.localFull = step.full
        return
      case 'fault':
        return faults.arm(step.fault)
    }
  }

  private open(setup: PageSetup): void {
    const live = this.pages.filter(({ realm }) => !realm.dead)
    if (live.length >= MOST_TABS) this.close(live.find(({ listed }) => listed) ?? live[0])
    this.pages.push(new Page(this, this.newRealm('page'), setup))
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
      const busy = [...this.locks.values()].includes(page.realm) || this.storage.busyWith(page.realm)
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
    this.disk.setFull(false)
    this.localFull = false
    for (const page of this.pages) if (page.realm.frozen) page.back()
    this.network(true)
    const version = this.disk.version >= LATER_DATABASE ? 2 : 0
    const visit: PageSetup = { version, worker: true, workerVersion: version, options: {} }
    await this.pass(MOMENT_MS)
    this.open(visit)
    const before = this.time.elapsed
    while (!this.ledger.broken && this.time.elapsed - before < DRAIN_MS) {
      await this.pass(MOMENT_MS)
      if (!this.left()) break
    }
    if (!this.ledger.broken) this.checkEnd()
  }

  private left(): boolean {
    const waiting = this.pages.some(
      (page) => page.asked.size > 0 || page.captured.some((witness) => this.ledger.openIn(witness)),
    )
    return waiting || this.ledger.pending > 0
  }

  private checkEnd(): void {
    const { ledger } = this
    if (ledger.pending > 0) ledger.breach('drained', `${ledger.pending} events are still queued`)
    for (const page of this.pages) {
      for (const name of page.asked.keys()) ledger.breach('promises', `${page.realm.name}: ${name} is still waiting`)
      for (const witness of page.captured) {
        if (ledger.openIn(witness)) ledger.breach('drained', `${witness.uuid} is still in ${page.realm.name}`)
      }
    }
    ledger.checkTakenUp()
    const spills = Object.keys(this.local).filter((key) => key.includes(':spill:'))
    if (spills.length > 0 && ledger.purges === 0) ledger.breach('spill', `${spills.length} are left in localStorage`)
    for (const [name, realm] of this.locks) ledger.breach('locks', `${realm.name} holds ${name} and has nothing to do`)
    ledger.checkTold()
  }
}

export { OK }
