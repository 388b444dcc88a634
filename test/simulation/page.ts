/** A tab with the library in it. */

import { PERSON_KEY } from '../../src/client/first/person'
import type { OutlastEvents } from '../../src/client/types'
import type { OutlastEvent } from '../../src/core/event/event'
import { uuidOf } from '../../src/core/event/event-json'
import type { HostMessage, PageMessage } from '../../src/core/host/messages'
import { parseRules } from '../../src/core/queue/rules'
import type { Outlast } from '../../src/page/types'
import { Container } from './container'
import { copy } from './copy'
import { type Library, load, locksOf } from './globals'
import { Listeners } from './listeners'
import { newStorage } from './local-storage'
import { person } from './oracle/person'
import { rejected } from './oracle/promises'
import { type Call, PATIENCE_MS, settles } from './oracle/settles'
import { survives } from './oracle/survives'
import type { Witness } from './oracle/witness'
import { isOfRelay, PageRelay, RELAY, SimRequest, SimResponse } from './page-relay'
import { type PersonStep, Persons } from './persons'
import type { Realm } from './realm'
import type { Sim } from './sim'
import type { FirstCapture, PageSetup } from './steps'
import type { Worker } from './worker'

const SITE = 'https://site.example'
const API_KEY = 'phc_simulated'
export const SCOPE = `${SITE}/__outlast/`

/** In the keys of what pages leave in localStorage for others. */
const SPILL = ':backup:'

/** Beacons of a page share this many bytes (Fetch, http-network-or-cache-fetch). */
const BEACON_QUOTA = 65_536

/** ms in which a page has read what the disk knows of the person's choice, where nothing hinders it. */
const ASKED_WITHIN_MS = 60

/** ms that a message takes from one context to another. */
const MESSAGE_MS = 1

/** How much longer a caller may be kept waiting for each late file but the first, in ms, */
const FURTHER_FILE_MS = 10_000

/** and how much longer than it allowed where it shuts the client down, in ms. */
const SHUTDOWN_PATIENCE_MS = 1_000

interface Asked {
  what: Call
  at: number
  limitMs: number
  /** How late its page's timers had been by then, in ms. */
  lateBy: number
}

export class Page {
  readonly id: string
  readonly client: Outlast
  readonly relay: PageRelay | undefined
  /** Asked for and not answered yet. */
  readonly asked = new Map<string, Asked>()
  readonly captured: Witness[] = []
  /** Captured while the person had not chosen: in memory alone. */
  private undecided: Witness[] = []
  /** In the browser's list of clients: not in the back/forward cache. */
  listed = true
  shut = false
  private readonly openedAt: number
  /** When it last looked at what is on disk for want of better things to do: as it was opened, or came back. */
  lookedAt: number
  /** When it was opened, or came back out of the back/forward cache. */
  openSince: number
  private drainsUntil: number | undefined
  /** Whether it may have stored something by now. */
  hasBegun: boolean
  /** When it went away, with a word (`left`) or without one. */
  gone: { at: number; how: 'left' | 'crashed' } | undefined
  private readonly window = new Listeners()
  private readonly document: Listeners & { visibilityState: string; baseURI: string }
  private readonly container: Container
  /** What it did with its last words: posted to a worker, not written where it tried, not taken by a beacon. */
  readonly words = { posted: new Set<string>(), unwritten: false, unsent: false }
  private beaconed = 0
  /** Who is before this page. */
  readonly persons: Persons
  private readonly navigator: Record<string, unknown>

  constructor(
    readonly sim: Sim,
    readonly realm: Realm,
    readonly setup: PageSetup,
  ) {
    this.openedAt = sim.time.elapsed
    this.lookedAt = this.openSince = this.openedAt
    this.id = realm.name
    realm.keepsNothing = setup.options.persistence === 'memory'
    this.document = Object.assign(new Listeners(), { visibilityState: 'visible', baseURI: `${SITE}/` })
    this.container = new Container(this, SCOPE)
    this.navigator = {
      get onLine() {
        return sim.online
      },
      sendBeacon: (url: string, blob: SimBlob) => this.beacon(url, blob),
      locks: sim.world.locks ? locksOf(realm) : undefined,
      serviceWorker: setup.worker === false ? undefined : this.container,
    }
    const window = Object.assign(this.window, { localStorage: this.localStorage(), sessionStorage: newStorage() })
    const library: Library = load(
      sim.versionOf(setup.version),
      realm,
      {
        window,
        document: this.document,
        navigator: this.navigator,
        origin: SITE,
        location: { origin: SITE, href: `${SITE}/page` },
        addEventListener: this.window.addEventListener,
        removeEventListener: this.window.removeEventListener,
        Blob: SimBlob,
        Request: SimRequest,
        Response: SimResponse,
        console: { warn: () => undefined },
      },
      {
        said: (message, memory) => this.said(message, memory),
        heard: (message, memory) => sim.oracleOf(message.queue).heard(realm, message, memory),
        madeOfRequest: (host, event) => this.relay?.made(host, event),
      },
    )
    realm.atDeath(() => {
      if (this.gone?.how !== 'left') this.checkSurvivors()
    })
    // Whether its person becomes everybody's is settled by what the person chooses, and where.
    if (this.waits) sim.persons.unsure = true
    const inMemory = setup.options.persistence === 'memory'
    this.persons = inMemory ? new Persons((facts) => sim.oracle.hold(facts, person)) : sim.persons
    // Where the clock was set back and localStorage has lost an erasure from before, a page in memory takes the erasure for a new one.
    if (inMemory && sim.time.latestWallSince(0) > sim.time.wall()) this.persons.unsure = true
    const beforeSend = (event: OutlastEvent) => this.made(event)
    const { host } = sim.world
    this.client = library.init(API_KEY, { ...sim.world.options, ...setup.options, beforeSend, host })
    realm.awaitsConsent = this.waits || this.client.isOptOut()
    this.hasBegun = !realm.awaitsConsent
    this.client.on('drop', (drop) => this.dropped(drop))
    this.ask('ready', this.client.ready)
    // Where its late code comes too late, a page is ready without it. One that may not begin has no host.
    this.client.on('host', () => realm.onReady())
    void this.client.ready.then(() => realm.awaitsConsent && realm.onReady())
    this.relay = sim.requests && new PageRelay(this, sim.requests, library)
  }

  /** The library has made an event, of its own accord too. */
  private made(event: OutlastEvent): OutlastEvent {
    const { sim } = this
    const { uuid, event: name } = event
    if (!sim.oracle.trace.events.has(uuid)) this.noteCapture({ uuid, name })
    this.persons.check(this.id, event)
    return event
  }

  private noteCapture(event: Pick<Witness, 'uuid' | 'name' | 'refusedSince'>, padding = 0): void {
    const { sim, realm, setup } = this
    if (this.waits) {
      this.undecided.push(sim.oracle.captured({ ...event, page: realm, turn: undefined }, padding))
      return
    }
    const turn = sim.refusal.agreementIn(realm, setup.version)
    this.captured.push(sim.oracle.captured({ ...event, page: realm, turn }, padding))
  }

  /** Somebody logs in or out, or is said more of. */
  change(step: PersonStep): void {
    if (!this.client.isOptOut()) this.persons.change(step, this.client)
  }

  /** All pages share it, and what one writes or removes the others are told of. */
  private localStorage(): Storage {
    const local = this.sim.local.area
    const tellOthers = (key: string, newValue: string | null) => {
      for (const page of this.sim.pages) {
        if (page !== this) page.realm.later(MESSAGE_MS, () => page.hearStored(key, newValue))
      }
    }
    const removeItem = (key: string) => {
      const value = local.getItem(key)
      if (value === null) return
      if (key.includes(SPILL)) for (const oracle of this.sim.oracles) oracle.backupRemoved(this.realm, value)
      local.removeItem(key)
      tellOthers(key, null)
    }
    /** What was written of a person beside a refusal. */
    const tooEarly = new Map<string, { page: string; value: string; isRefused: boolean }>()
    const setItem = (key: string, value: string) => {
      if (key.endsWith(`:${PERSON_KEY}`)) {
        const said = local.getItem(key.replace(/person$/, 'opt_out'))
        // Where a choice could not be written, localStorage may have the one before it.
        const isRefused = said === 'true' && this.sim.localWritesRefused === 0
        const written = { page: this.realm.name, value, isRefused }
        if (!isRefused) this.sim.oracle.personWritten(written)
        else {
          tooEarly.set(key, written)
          // A consent follows its person, in the same task.
          void Promise.resolve().then(() => {
            if (tooEarly.delete(key)) this.sim.oracle.personWritten(written)
          })
        }
      } else if (value === 'false') tooEarly.delete(key.replace(/opt_out$/, 'person'))
      try {
        local.setItem(key, value)
      } catch (error) {
        if (!key.includes(SPILL) && !isOfRelay(key)) this.sim.persons.unsure = true
        throw error
      }
      tellOthers(key, value)
    }
    const own = { removeItem, setItem }
    return new Proxy(local, { get: (target, name) => Reflect.get(name in own ? own : target, name) })
  }

  private hearStored(key: string, newValue: string | null): void {
    this.window.dispatch('storage', { key, newValue })
    // Whoever asks to be forgotten in one tab is so in all.
    if (newValue !== null || !key.endsWith(`:${PERSON_KEY}`)) return
    if (isOfRelay(key)) this.relay?.heardOfErasure()
    else if (this.client.isOptOut()) this.sim.oracle.trace.erased(this.captured)
  }

  private said(message: PageMessage, memory: boolean): void {
    this.sim.oracleOf(message.queue).said(this.realm, message, memory)
  }

  /** The oracle is told of what hosts report when they do. */
  private dropped({ reason, uuids }: OutlastEvents['drop']): void {
    if (!this.sim.hearing) this.sim.oracle.droppedByPage(reason, uuids)
  }

  /** It shares what it stores with other pages and later ones. */
  get isLasting(): boolean {
    return this.mayChoose && !this.waits
  }

  /** Nothing that befell it keeps it from sending what is on disk. */
  get canSend(): boolean {
    const { realm, sim, setup } = this
    const hasCode = realm.hasLateCode && !realm.waitsForGood
    return this.listed && this.isLasting && hasCode && sim.storageWorksFor(setup.version)
  }

  /** What is chosen in a page that keeps nothing is in localStorage alone, which a killed browser forgets. */
  get mayChoose(): boolean {
    return this.setup.options.persistence !== 'memory'
  }

  /** It stores and sends nothing, because no choice of the person is known: see the option `consent`. */
  get waits(): boolean {
    const { sim, setup } = this
    return (
      setup.options.consent !== undefined &&
      !Object.keys(sim.local.area).some((key) => key.endsWith(':opt_out') && !isOfRelay(key))
    )
  }

  /** What waited is gone with a refusal, whatever is chosen later. */
  choose(refused: boolean): void {
    this.realm.awaitsConsent = refused
    this.hasBegun ||= !refused
    if (refused) for (const witness of this.undecided) witness.refusedSince = witness.capturedAt
    this.undecided = []
  }

  capture({ count, kind, padding }: FirstCapture, name: string): void {
    const { sim, client } = this
    if (this.shut || client.isOptOut()) return
    const properties = padding > 0 ? { padding: 'x'.repeat(padding) } : {}
    const uuids = Array.from({ length: count }, () => sim.newEventId())
    const refusedSince = this.isLasting ? sim.refusal.knownTo(this.realm, this.setup.version) : undefined
    for (const uuid of uuids) this.noteCapture({ uuid, name, refusedSince }, padding)
    if (kind === 'history') {
      const events = uuids.map((uuid) => ({ event: name, properties, uuid }))
      client.captureBatch(events, { historicalMigration: true })
    } else {
      for (const uuid of uuids) client[kind === 'ai' ? 'captureAi' : 'capture'](name, properties, { uuid })
    }
  }

  /** It was killed, or its browser was. */
  private checkSurvivors(): void {
    const { sim, realm, setup } = this
    if (!sim.promises.survives || !this.isLasting || !sim.storageWorksFor(setup.version)) return
    if (realm.awaitsConsent && !realm.hasLateCode) return
    this.checkKept(this.captured, API_KEY, this.client.isOptOut())
    if (this.relay?.heardRefusal) return
    const isRefused = sim.requests?.refusal.isRefused ?? false
    for (const captured of this.relay?.captured.values() ?? []) this.checkKept(captured, RELAY, isRefused)
  }

  /** @param queue what the names of its queues begin with */
  private checkKept(captured: Witness[], queue: string, isRefused: boolean): void {
    const { sim, realm } = this
    const rules = sim.disk.tables.get('rules') ?? []
    const refusals = rules
      .filter(({ key }) => String(key[0]).startsWith(queue))
      .map(({ value }) => parseRules(value))
      .filter(({ refused }) => refused)
    // Where a page was killed before its `optIn` was on disk, localStorage alone knows of it: nothing is kept until late
    // code has written it.
    if (!isRefused && refusals.length > 0) return
    // A refusal that localStorage has lost is heard of by the disk alone: nothing is kept that was captured since.
    const owed = captured.filter(({ timestamp }) => !refusals.some((refusal) => refusal.at <= Date.parse(timestamp)))
    const at = realm.frozen ? realm.frozenAt : sim.time.elapsed
    const { hinderedUntil } = realm
    const { diskHinderedUntil } = sim
    sim.oracle.hold({ page: realm.name, captured: owed, at, hinderedUntil, diskHinderedUntil }, survives)
  }

  /** Every promise that a caller gets is settled in the end, whatever dies. */
  ask(what: Asked['what'], answer: Promise<unknown>, limitMs = PATIENCE_MS): void {
    const { sim } = this
    const name = `${what} ${sim.time.elapsed} ${this.asked.size}`
    const asked = { what, at: sim.time.elapsed, limitMs, lateBy: this.realm.lateBy }
    this.asked.set(name, asked)
    answer.then(
      () => {
        this.checkPatience(asked)
        this.asked.delete(name)
      },
      (error) => sim.oracle.hold({ what, error }, rejected),
    )
  }

  /** No caller is kept waiting for what hangs. */
  checkSettled(): void {
    if (this.realm.dead || this.realm.frozen) return
    for (const asked of this.asked.values()) this.checkPatience(asked)
  }

  private checkPatience({ what, at, limitMs, lateBy }: Asked): void {
    const { sim, realm } = this
    if (!sim.promises.settles || realm.dead) return
    const tookMs = sim.time.elapsed - at - (realm.lateBy - lateBy)
    const troubled = sim.troubledSince(at, this.setup.version)
    const { pending } = sim.oracle.trace
    // What a worker that hangs was asked is answered by the page's own host, whose file takes its time.
    const ownHost = sim.world.files.ms
    const files = what === 'shutdown' ? 0 : FURTHER_FILE_MS * Math.max(0, realm.lateFiles - 1) + ownHost
    sim.oracle.hold({ page: realm.name, what, tookMs, limitMs: limitMs + files, troubled, pending }, settles)
  }

  shutdown(timeoutMs: number): void {
    this.shut = true
    const { elapsed } = this.sim.time
    // Every caller gets the result of the one drain.
    this.drainsUntil ??= elapsed + timeoutMs
    const limitMs = Math.max(timeoutMs, this.drainsUntil - elapsed) + SHUTDOWN_PATIENCE_MS
    this.ask('shutdown', this.client.shutdown(timeoutMs), limitMs)
  }

  hide(): void {
    if (this.document.visibilityState === 'hidden') return
    this.document.visibilityState = 'hidden'
    this.document.dispatch('visibilitychange')
  }

  show(): void {
    if (this.document.visibilityState === 'visible') return
    this.document.visibilityState = 'visible'
    this.lookedAt = this.sim.time.elapsed
    this.document.dispatch('visibilitychange')
  }

  network(): void {
    this.window.dispatch(this.sim.online ? 'online' : 'offline')
  }

  /** Left for another page: into the back/forward cache where it can be kept there. */
  leave(cached: boolean): void {
    const { sim, words } = this
    words.posted.clear()
    const writesRefused = sim.localWritesRefused
    this.window.dispatch('pagehide', { persisted: cached })
    this.hide()
    words.unwritten = sim.localWritesRefused > writesRefused
    // Nothing goes as a beacon before the disk has been asked what the person chose, nor past a worker's hook.
    const hinderedUntil = Math.max(this.realm.hinderedUntil, sim.diskHinderedUntil)
    const isAsked = sim.time.elapsed - this.openedAt > ASKED_WITHIN_MS && hinderedUntil < this.openedAt
    words.unsent ||= !sim.online || !isAsked || sim.world.hook
    if (this.realm.dead || !this.isLasting) return
    const backups = backupsIn(sim.local.area)
    sim.oracle.left(this.realm, this.captured, words, backups)
    // A request may be none that a page can send as it leaves.
    this.relay?.left({ ...words, unsent: true }, backups)
  }

  /** The browser begins to install another worker. */
  updateFound(): void {
    this.container.updateFound()
  }

  get allCaptured(): Witness[] {
    return [...this.captured, ...(this.relay?.captured.values() ?? [])].flat()
  }

  freeze(): void {
    this.sim.lastLeftAt = this.sim.time.elapsed
    this.listed = false
    this.realm.freeze()
  }

  back(): void {
    this.listed = true
    this.openSince = this.sim.time.elapsed
    // It holds them itself again.
    for (const witness of this.allCaptured) witness.writtenDown = false
    this.realm.thaw()
    this.show()
    this.window.dispatch('pageshow', { persisted: true })
  }

  end(how: 'left' | 'crashed'): void {
    this.gone ??= { at: this.sim.time.elapsed, how }
    this.sim.lastLeftAt = this.sim.time.elapsed
    this.listed = false
    this.realm.kill()
  }

  /** A worker says something to this page. */
  tell(from: Realm, message: unknown): void {
    if (from.dead) return
    const { sim, realm } = this
    const said = copy(message)
    const fault = from.meet('reply')
    if (fault?.what === 'lost' || from.dead || realm.dead) return
    const deliver = () => {
      // The back/forward cache does not keep a page that is spoken to.
      if (realm.frozen) return this.end('crashed')
      if (sim.isHostMessage(said)) {
        this.hear(said as HostMessage)
        this.container.dispatch('message', { data: said })
      }
    }
    const ms = MESSAGE_MS + (fault?.what === 'slow' ? fault.ms : 0)
    for (let times = fault?.what === 'twice' ? 2 : 1; times > 0; times--)
      sim.time.after(ms, () => !realm.dead && deliver())
  }

  private hear(message: HostMessage): void {
    if (message.outlast === this.sim.messageVersion(this.setup.version))
      this.sim.oracleOf(message.queue).heard(this.realm, message, false)
  }

  post(to: Worker, message: PageMessage): void {
    const { sim, realm } = this
    if (realm.dead) return
    const said = copy(message)
    sim.oracleOf(said.queue).said(realm, said, false)
    if (said.type === 'handover') for (const json of said.handover.events) this.words.posted.add(uuidOf(json))
    const fault = realm.meet('post')
    if (fault?.what === 'lost') return
    const ms = MESSAGE_MS + (fault?.what === 'slow' ? fault.ms : 0)
    const { lives } = sim
    // A message that has left arrives, whatever becomes of its page.
    for (let times = fault?.what === 'twice' ? 2 : 1; times > 0; times--) {
      sim.time.after(ms, () => {
        const { active } = sim.registration
        if (sim.lives === lives) (active === to || to.running ? to : (active ?? to)).post(said, this)
      })
    }
  }

  private beacon(url: string, blob: SimBlob): boolean {
    const { sim, realm } = this
    if (realm.dead) return false
    const fault = realm.meet('beacon')
    const refused = fault?.what === 'fail' || this.beaconed + blob.size > BEACON_QUOTA
    if (refused || fault) this.words.unsent = true
    if (refused || realm.dead) return false
    this.beaconed += blob.size
    // True is no promise.
    if (fault?.what === 'lost' || !sim.online) return true
    sim.collector.beacon(realm, url, blob.body)
    return true
  }
}

/** What pages that went away have left for others. */
export const backupsIn = (local: Storage) =>
  Object.keys(local)
    .filter((key) => key.includes(SPILL))
    .map((key) => local.getItem(key))
    .join()

class SimBlob {
  readonly body: string | Uint8Array
  readonly size: number

  constructor([body]: [string | Uint8Array]) {
    this.body = body
    this.size = body.length
  }
}
