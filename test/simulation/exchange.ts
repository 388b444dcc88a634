/** One request to the collector, or one beacon, with what became of it. */

/** A page or a worker, as far as a check has to know it. */
export interface Context {
  readonly name: string
  /** Until when what it met of the disk failed or was late, or its timers were, in ms of the timeline. */
  readonly hinderedUntil: number
  /** The same without what it missed in the back/forward cache, or before its late code was there. */
  readonly failedUntil: number
  /** When it last came back from the back/forward cache, in ms of the timeline. */
  readonly thawedAt: number
  /** Since when its late code is there and has found a host, in ms of the timeline. */
  readonly readyAt: number
  /** It stores nothing: what it captures is in its memory alone. */
  readonly keepsNothing: boolean
  /** Whether it made that id. */
  gave(id: string): boolean
  /** Whether others may have had reason to do its work since then, in ms of the timeline. */
  disturbedSince(ms: number): boolean
}

export interface Exchange {
  sender: Context
  url: string
  /** `relay` is a request of a page, of which the one event says all. */
  format: 'v0' | 'v1' | 'ai' | 'json' | 'relay'
  events: string[]
  uuids: string[]
  headers: Record<string, string>
  /** The uuids that the collector took of it. */
  taken: Set<string>
  /** When its sender made it, in ms of the timeline, */
  begunAt: number
  /** and when it left. */
  startedAt: number
  /** `open` until the answer has been read, `cut` where the sender or the network ended it. */
  state: 'open' | 'answered' | 'cut'
}

/** The verdict on the event at `index`: only v1 and a site's own endpoint have one for each. */
export function verdictAt(format: Exchange['format'], verdicts: string[] | undefined, index: number): string {
  const isEach = format === 'v1' || format === 'json'
  return isEach && verdicts ? (verdicts[index % verdicts.length] as string) : 'ok'
}
