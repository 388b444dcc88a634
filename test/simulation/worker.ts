/** Service workers: started by what happens, ended when idle, and never asked. */

import type { BeforeSend } from '../../src/core/event/before-send'
import { copy } from './copy'
import { load, locksOf } from './globals'
import { Listeners } from './listeners'
import { type Page, SCOPE } from './page'
import type { Realm } from './realm'
import type { Sim } from './sim'
import { UNWANTED } from './unwanted'

/** Chromium ends a worker this many ms after its last event, */
const IDLE_MS = 30_000

/** and whatever its events take, after this many. */
const EVENT_LIMIT_MS = 300_000

/** In place of a version: what the site had there before, which knows nothing of the library and answers nothing. */
export const MUTE = -1

export class Worker {
  realm: Realm | undefined
  private listeners = new Listeners()
  private busy = 0
  private hangs = false
  private idle: { cancelled: boolean } | undefined
  private readyAt = 0

  constructor(
    private readonly sim: Sim,
    /** Which version of the library it runs, or `MUTE`. */
    readonly version: number,
  ) {}

  get running(): boolean {
    return this.realm !== undefined && !this.realm.dead
  }

  kill(): void {
    this.realm?.kill()
  }

  post(message: unknown, source: Page): void {
    const posted = copy(message)
    const told = (page: Page) => ({
      id: page.id,
      postMessage: (answer: unknown) => page.tell(this.realm as Realm, answer),
    })
    void this.fire('message', { data: posted, source: told(source) })
  }

  activate(): void {
    this.fire('activate', {})
  }

  /** Whether the browser is content: a sync that failed is tried again. */
  sync(): Promise<boolean> {
    return this.fire('sync', { tag: 'outlast' })
  }

  private fire(name: string, detail: Record<string, unknown>): Promise<boolean> {
    const realm = this.start()
    return new Promise((resolve) => {
      realm.later(Math.max(0, this.readyAt - this.sim.time.elapsed), () => {
        const fault = realm.meet('message')
        if (realm.dead) return
        if (fault?.what === 'hang') this.hang()
        if (this.hangs) return
        const dispatch = () => this.dispatch(realm, name, detail, resolve)
        if (fault?.what === 'slow') realm.later(fault.ms, dispatch)
        else dispatch()
      })
    })
  }

  /** It gets no event any more: neither this one nor those to come, until its browser ends it. */
  private hang(): void {
    this.hangs = true
    this.busy += 1
    const { realm } = this
    realm?.later(EVENT_LIMIT_MS, () => realm.kill())
  }

  private dispatch(realm: Realm, name: string, detail: Record<string, unknown>, done: (well: boolean) => void): void {
    this.stayAlive()
    const event = {
      ...detail,
      waitUntil: (work: Promise<unknown>) => {
        this.busy += 1
        const limit = realm.later(EVENT_LIMIT_MS, () => realm.kill())
        const end = (well: boolean) => {
          limit.cancelled = true
          if (realm.dead) return
          this.busy -= 1
          this.stayAlive()
          done(well)
        }
        work.then(
          () => end(true),
          () => end(false),
        )
      },
    }
    this.listeners.dispatch(name, event)
  }

  private stayAlive(): void {
    const { realm } = this
    if (!realm) return
    if (this.idle) this.idle.cancelled = true
    this.idle = realm.later(IDLE_MS, () => {
      if (this.busy === 0) realm.kill()
    })
  }

  private start(): Realm {
    if (this.realm && !this.realm.dead) return this.realm
    const { sim } = this
    const realm = sim.newRealm('worker')
    this.realm = realm
    this.busy = 0
    this.hangs = false
    this.listeners = new Listeners()
    this.readyAt = sim.time.elapsed + sim.world.startMs
    const { addEventListener } = this.listeners
    const navigator = { locks: sim.world.locks ? locksOf(realm) : undefined }
    const clients = {
      matchAll: () =>
        realm.effect('clients', () =>
          sim.pages.filter((page) => page.listed).map((page) => this.clientOf(realm, page)),
        ),
    }
    if (this.version !== MUTE) {
      const library = load(
        sim.versionOf(this.version),
        realm,
        { addEventListener, clients, navigator, registration: { scope: SCOPE } },
        {},
      )
      library.install(sim.world.hook ? { beforeSend: dropUnwanted } : {})
    }
    this.stayAlive()
    return realm
  }

  private clientOf(realm: Realm, page: Page) {
    return { id: page.id, postMessage: (message: unknown) => page.tell(realm, message) }
  }
}

const dropUnwanted: BeforeSend = (event) => (event.event.includes(UNWANTED) ? null : event)
