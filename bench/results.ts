/** What a run found, and how to find something in it. */

import type { ModuleSize } from '../scripts/build/module-sizes'
import type { Told } from './rows/delivery'
import type { CaptureCost, Interaction, Load } from './rows/main-thread'
import type { Quiet } from './rows/quiet'
import type { Backlog, Durable, Limits } from './rows/scale'
import type { Size } from './rows/size'

export type { Told }

export interface Results {
  date: string
  machine: string
  browser: string
  quick: boolean
  /** The versions of the peers' packages, by name. */
  versions: Record<string, string>
  size: Size[]
  /** The largest modules of what outlast has a page load, and of its worker. Absent from runs of earlier versions. */
  modules?: { of: string; largest: ModuleSize[] }[]
  capture: CaptureCost[]
  load: Load[]
  interaction: Interaction[]
  durable: Durable[]
  backlog: Backlog[]
  limits: Limits[]
  /** A backlog of outlast whose events were captured one per task. Absent from runs of earlier versions. */
  onePerTask?: { backlog: Backlog; limits: Limits | undefined } | undefined
  /** Absent from runs of earlier versions. */
  quiet?: Quiet[]
  delivery: Told[]
}

/** The story that shows that a peer is set up rightly. */
export const STEADY = 'steady online'

/** A peer that does not deliver in peace is not set up rightly: nothing else of it counts. */
export function counts({ delivery }: Results, peer: string) {
  const steady = delivery.find((told) => told.story === STEADY && told.peer === peer)
  return !steady || (steady.delivered === steady.captured && !steady.error)
}

export const of = <T extends { peer: string }>(rows: T[], peer: string) => rows.find((row) => row.peer === peer)
