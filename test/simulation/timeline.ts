/** Virtual time. What happens at one instant happens in the order in which it was asked for. */

import type { Millis } from '../../src/core/base/ports'

export interface Task {
  readonly at: number
  readonly order: number
  cancelled: boolean
  run(): void
}

/** 2026-01-01T00:00:00Z. */
const START: Millis = 1_767_225_600_000

/** Tasks in a row that no time passes between: more than this many are a loop without end. */
const MOST_AT_ONCE = 10_000

/** Transactions of one context in so many ms: more than this many are a loop that only seems to wait. */
const MOST_TRANSACTIONS = 6_000
const WINDOW_MS = 60_000

export class Timeline {
  /** ms since the simulation began: never goes back. */
  elapsed = 0
  private jumped = 0
  /** When the wall clock was set back, in ms since the simulation began, by how much, and what it had said before. */
  private readonly setBack: { at: number; by: number; wall: Millis }[] = []
  private order = 0
  private atOnce = 0
  private readonly transactions = new Map<string, number>()
  private windowFrom = 0
  private readonly heap: Task[] = []

  /** The wall clock, which may jump. */
  wall(): Millis {
    return START + this.elapsed + this.jumped
  }

  /** The latest that the wall clock has said since then: what was too old by it may be gone, although the clock was set back. */
  latestWallSince(elapsed: number): Millis {
    return Math.max(this.wall(), ...this.setBack.filter(({ at }) => at >= elapsed).map(({ wall }) => wall))
  }

  jump(ms: number): void {
    if (ms < 0) this.setBack.push({ at: this.elapsed, by: -ms, wall: this.wall() })
    this.jumped += ms
  }

  /** How far the wall clock was set back within the last minute: a slow transaction may have read it before. */
  setBackLately(): number {
    const lately = this.setBack.filter(({ at }) => at > this.elapsed - WINDOW_MS)
    return lately.reduce((sum, { by }) => sum + by, 0)
  }

  /** One more transaction of a context begins. Returns whether there seems to be no end to them. */
  overrun(context: string): boolean {
    if (this.elapsed >= this.windowFrom + WINDOW_MS) {
      this.windowFrom = this.elapsed
      this.transactions.clear()
    }
    const count = (this.transactions.get(context) ?? 0) + 1
    this.transactions.set(context, count)
    return count > MOST_TRANSACTIONS
  }

  after(ms: number, run: () => void): Task {
    this.order += 1
    const task = { at: this.elapsed + ms, order: this.order, cancelled: false, run }
    this.push(task)
    return task
  }

  /** Lets time pass, task by task, and everything that follows from each. `onTask` may end it by returning true. */
  async advance(ms: number, onTask: () => boolean): Promise<void> {
    const end = this.elapsed + ms
    await settled()
    for (let next = this.heap[0]; next && next.at <= end; next = this.heap[0]) {
      this.pop()
      if (next.cancelled) continue
      this.atOnce = next.at > this.elapsed ? 0 : this.atOnce + 1
      if (this.atOnce > MOST_AT_ONCE) throw new Error('time stands still: something is done over and over again')
      this.elapsed = Math.max(this.elapsed, next.at)
      next.run()
      await settled()
      if (onTask()) return
    }
    this.elapsed = end
    this.atOnce = 0
  }

  private push(task: Task): void {
    const { heap } = this
    let index = heap.length
    heap.push(task)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(task, heap[parent] as Task)) break
      heap[index] = heap[parent] as Task
      index = parent
    }
    heap[index] = task
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop() as Task
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child += 1
      if (!before(heap[child] as Task, last)) break
      heap[index] = heap[child] as Task
      index = child
    }
    heap[index] = last
  }
}

const before = (a: Task, b: Task) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Turns of the event loop are slow, and still needed now and then by what cleans up behind aborted signals. */
const TURN_EVERY = 2_000
let drains = 0

/** Every promise that can settle without time passing has settled: a tick comes after all microtasks. */
const settled = () =>
  new Promise<void>((resolve) => {
    drains += 1
    if (drains % TURN_EVERY === 0) setImmediate(resolve)
    else process.nextTick(resolve)
  })
