/** A run as a list of steps, each complete in itself, so that one that is left out leaves the others as they were. */

import type { OutlastOptions } from '../../src/page/types'
import type { Answer } from './answers'
import type { Fault } from './faults'
import type { PersonStep } from './persons'
import type { RelayWorld, RequestStep } from './request-steps'

/** What does not change during a run. */
export interface World {
  host: string
  options: OutlastOptions
  /** Whether the engine has Web Locks, */
  locks: boolean
  /** and Background Sync. */
  sync: boolean
  /** Whether the worker has a `beforeSend`. */
  hook: boolean
  /** ms that each late file takes, and whether the browser keeps it for the next page. */
  files: { ms: number; cached: boolean }
  /** ms that a worker takes to install, */
  installMs: number
  /** and to start. */
  startMs: number
  /** Tabs cannot tell each other of a choice, but by localStorage. */
  deafTabs?: boolean
  /** ms by which a page's transactions reach the disk later than a worker's; 0 where it is absent. */
  pageDiskMs?: number
  /**
   * A worker was there before, which answers nothing, and makes way this many ms after the new one is installed. `null`:
   * no new one can be installed, and it stays.
   */
  oldWorker?: { yieldsAfterMs: number | null }
  /** The run ends with a page that is alone, and whose worker's disk fails its first word. */
  lastWakeFails?: boolean
  /** What pages say to `relay`; absent where they have none. */
  relay?: RelayWorld
}

export interface FirstCapture {
  count: number
  kind: 'plain' | 'history' | 'ai'
  padding: number
}

export interface PageSetup {
  /** Which version of the library the page runs: 0 is this one. */
  version: number
  /** Which version its site serves as the worker, or `false` where there can be none. */
  worker: boolean
  workerVersion: number
  options: OutlastOptions
}

/**
 * `tab` counts the open tabs, -1 is the last. `first` is captured in a page's first task. `ms` pass afterwards, or nothing
 * at all where the next step comes `together` with this one, in the same task.
 */
export type Step = { ms: number; together?: boolean } & (
  | { do: 'open'; setup: PageSetup; first?: FirstCapture }
  | ({ do: 'capture'; tab: number; unwanted: boolean } & FirstCapture)
  | {
      do: 'flush' | 'stats' | 'pending' | 'hide' | 'show' | 'close' | 'crash' | 'away' | 'return'
      tab: number
    }
  /** The person opts out with `clear`, opts out, or opts in. */
  | { do: 'erase' | 'refuse' | 'consent'; tab: number }
  | { do: PersonStep; tab: number }
  | { do: 'shutdown'; tab: number; timeoutMs: number }
  | { do: 'wait' }
  | { do: 'jump'; by: number }
  | { do: 'network'; online: boolean }
  | { do: 'kill worker' }
  /** localStorage keeps what is older than that. */
  | { do: 'kill browser'; unwrittenMs: number }
  | { do: 'update'; version: number }
  | { do: 'break lock'; lock: number }
  | { do: 'weather' | 'answer'; answer: Answer }
  | { do: 'disk' | 'local storage'; full: boolean }
  | { do: 'fault'; fault: Fault }
  | RequestStep
)

export interface Plan {
  world: World
  steps: Step[]
}
