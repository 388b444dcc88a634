/** The registration of the library's scope: one for all pages of the browser, with its active worker and those to come. */

import type { Fault } from './faults'
import { Listeners } from './listeners'
import { never, type Realm } from './realm'
import type { Sim } from './sim'
import { MUTE, Worker } from './worker'

/** The same for every version. */
const WORKER_URL = 'https://site.example/__outlast/worker.js'

/** ms that a registration takes by itself, until the worker's file is there. */
const REGISTER_MS = 5

/** A worker that is being installed, or waits for its predecessor to go. */
export class Coming {
  state: 'installing' | 'installed' | 'activated' | 'redundant' = 'installing'
  /** What each page sees of it. */
  readonly views = new Map<Realm, Listeners>()

  constructor(readonly version: number) {}

  become(state: Coming['state']): void {
    this.state = state
    for (const [realm, view] of this.views) realm.enter(() => view.dispatch('statechange', { target: view }))
  }

  viewFor(realm: Realm) {
    const known = this.views.get(realm)
    if (known) return known
    const view = Object.defineProperties(new Listeners(), {
      state: { get: () => this.state },
      scriptURL: { value: WORKER_URL },
    })
    this.views.set(realm, view)
    return view
  }
}

export class Registration {
  active: Worker | undefined
  installing: Coming | undefined
  waiting: Coming | undefined
  private job: Promise<void> | undefined

  constructor(private readonly sim: Sim) {
    if (sim.world.oldWorker) this.active = new Worker(sim, MUTE)
  }

  /** Whether a worker of that version is there or on its way. */
  brings(version: number): boolean {
    return [this.active, this.installing, this.waiting].some((worker) => worker?.version === version)
  }

  get exists(): boolean {
    return Boolean(this.active ?? this.installing ?? this.waiting)
  }

  /**
   * A page registers. As in Chromium, it joins a job that is still on its way, even where the fetch of that one hangs
   * and the server has recovered long since.
   */
  register(realm: Realm, version: number): Promise<void> {
    if (!this.job) {
      const fault = realm.meet('register')
      if (realm.dead) return never()
      this.job = this.begin(version, fault)
    }
    const { job } = this
    return new Promise((resolve, reject) => {
      job.then(
        () => realm.enter(resolve),
        (error) => realm.enter(() => reject(error)),
      )
    })
  }

  private begin(version: number, fault: Fault | undefined): Promise<void> {
    const { sim } = this
    const isLate = fault?.what === 'slow' || fault?.what === 'hang'
    const job = new Promise<void>((resolve, reject) => {
      sim.time.after(REGISTER_MS + (isLate ? fault.ms : 0), () => {
        // The browser was killed meanwhile.
        if (this.job !== job) return
        this.job = undefined
        // What hung is given up in the end, by the network or the server's proxy.
        const failed = fault?.what === 'fail' || fault?.what === 'hang'
        if (failed || (!sim.online && this.active?.version !== version)) {
          return reject(new TypeError('Failed to register a ServiceWorker: an unknown error occurred'))
        }
        this.install(version)
        resolve()
      })
    })
    return job
  }

  private install(version: number): void {
    if (this.active?.version === version || this.installing || this.waiting) return
    const { sim } = this
    const coming = new Coming(version)
    this.installing = coming
    for (const page of sim.pages) page.realm.later(0, () => this.installing === coming && page.updateFound())
    sim.time.after(sim.world.installMs, () => {
      if (this.installing !== coming) return
      this.installing = undefined
      const { yieldsAfterMs = 0 } = (this.active?.version === MUTE && sim.world.oldWorker) || {}
      if (yieldsAfterMs === 0) return this.activate(coming)
      if (yieldsAfterMs === null) return coming.become('redundant')
      this.waiting = coming
      coming.become('installed')
      sim.time.after(yieldsAfterMs, () => {
        if (this.waiting === coming) this.activate(coming)
      })
    })
  }

  private activate(coming: Coming): void {
    this.waiting = undefined
    this.update(coming.version)
    coming.become('activated')
  }

  /** Another worker takes over from the active one, which may have work to do yet. */
  update(version: number): void {
    const old = this.active
    this.active = new Worker(this.sim, version)
    this.active.activate()
    // Without locks nobody could tell that the old one lives, so it must not: as browsers see to.
    if (!this.sim.world.locks) old?.kill()
  }

  /** The browser is killed: what it was doing is forgotten, and at its next start a worker that waits has no other before it. */
  killed(): void {
    this.job = undefined
    this.installing = undefined
    if (!this.waiting) return
    this.active = new Worker(this.sim, this.waiting.version)
    this.waiting = undefined
  }
}
