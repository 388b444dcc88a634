import type { Clock, Millis } from '../../../src/core/base/ports'

export interface VirtualClock extends Clock {
  /** Lets time pass, timer by timer, and everything that follows from each. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock; timers do not notice. */
  jump(ms: number): void
  /** Every delay that was asked for. */
  readonly delays: number[]
  /** Timers that are armed. */
  readonly armed: number
}

interface Timer {
  at: number
  fire(): void
}

/** 2026-01-01T00:00:00Z. */
export const START: Millis = 1_767_225_600_000

export function virtualClock(): VirtualClock {
  const timers = new Set<Timer>()
  const delays: number[] = []
  let elapsed = 0
  let jumped = 0

  return {
    delays,
    get armed() {
      return timers.size
    },
    now: () => START + elapsed + jumped,
    timer(ms) {
      delays.push(ms)
      let timer: Timer | undefined
      const done = new Promise<void>((resolve) => {
        timer = { at: elapsed + ms, fire: resolve }
        timers.add(timer)
      })
      return { done, cancel: () => void timers.delete(timer as Timer) }
    },
    jump(ms) {
      jumped += ms
    },
    async advance(ms) {
      const end = elapsed + ms
      await settled()
      for (;;) {
        const next = [...timers].sort((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        timers.delete(next)
        elapsed = Math.max(elapsed, next.at)
        next.fire()
        await settled()
      }
      elapsed = end
      await settled()
    },
  }
}

/** Every promise that can settle without time passing has settled. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
