/** What page/page.ts gives to the driver. */
interface Bench {
  where: unknown
  isolated: boolean
  longTasks: { startTime: number; duration: number }[]
  resetLongTasks(): void
  /** ms from each click to its frame, since `busy` was called. */
  clicks: number[]
  busy(): void
  /** How many events `captureEvery` has captured. */
  captured: number
  /** Captures one event every so many ms from now on. */
  captureEvery(ms: number): void
  /** Returns how many there were. */
  stopCapturing(): number
  capture(from: number, count: number, perTask?: number): Promise<void>
  sampleCapture(samples: number, perSample: number, from: number): Promise<number[]>
  sampleBare(samples: number, perSample: number): Promise<number[]>
  gather(count: number, perTask: number): Promise<number | null>
  /** How many events of this run outlast has on the device; what an SDK beside it keeps itself does not count. */
  stored(): Promise<number>
  durable(count: number, perTask: number, patienceMs: number): Promise<{ ms: number; stored: number }>
  bareIndexedDb(count: number, perTask: number): Promise<{ ms: number }>
  bareStringify(count: number): { ms: number; kept: number }
  bareFetch(count: number, concurrency: number): Promise<{ ms: number }>
}

/** How many timers are armed in a context of a soak: soak/hour.ts. */
declare function armedTimers(): number

interface Window {
  bench: Bench
}
