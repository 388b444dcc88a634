import type { Clock, Database, Sender } from '../../../src/core/base/ports'

export interface Life {
  readonly dead: boolean
  /** Ends a context as a browser does: at any await, and without notice. */
  kill(): void
  clock: Clock
  database: Database
  sender: Sender
}

const never = new Promise<never>(() => undefined)

/** The ports of a context that can be killed. Its open transactions are rolled back; its requests go nowhere. */
export function mortal(ports: { clock: Clock; database: Database; sender: Sender }): Life {
  const { clock, database, sender } = ports
  const running = new Set<() => void>()
  let dead = false
  const whileAlive = <T>(work: Promise<T>): Promise<T> =>
    work.then(
      (value) => (dead ? never : value),
      (error) => {
        if (dead) return never
        throw error
      },
    )

  return {
    get dead() {
      return dead
    },
    kill() {
      dead = true
      for (const abort of running) abort()
    },
    clock: {
      now: clock.now,
      timer(ms) {
        if (dead) return { done: never, cancel: () => undefined }
        const { done, cancel } = clock.timer(ms)
        running.add(cancel)
        return { done: whileAlive(done), cancel }
      },
    },
    database: {
      durable: database.durable,
      close: () => undefined,
      transact(mode, work) {
        if (dead) return never
        const result = database.transact(mode, async (tx) => {
          const value = await work(tx)
          if (dead) throw new Error('killed before the commit')
          return value
        })
        return whileAlive(result)
      },
    },
    sender: {
      send(request, options) {
        if (dead) return never
        const life = new AbortController()
        const abort = () => life.abort()
        running.add(abort)
        options.signal?.addEventListener('abort', abort, { once: true })
        return whileAlive(sender.send(request, { ...options, signal: life.signal }))
      },
    },
  }
}
