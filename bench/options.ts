/** What to measure, from the command line. */

import { commandLine, someOf } from '../scripts/command-line'

export const ROWS = ['size', 'capture', 'load', 'interaction', 'durable', 'backlog', 'quiet', 'delivery'] as const

export type Row = (typeof ROWS)[number]

export interface Options {
  rows: Row[]
  peers: string[]
  quick: boolean
  /** Writes the documents from the last whole run again, and measures nothing. */
  render: boolean
  /** Every row and peer, at full length: what the documents are made from. */
  whole: boolean
  /** The built library. */
  dist: string
}

/**
 * @param peers all there are
 * @param quickPeers those that a quick run measures unless it is told which
 */
export function parseOptions(args: string[], peers: string[], quickPeers: string[]): Options {
  const given = commandLine(
    new URL('bench.ts', import.meta.url),
    {
      only: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      dist: { type: 'string' },
    },
    args,
  )
  const { quick, render, dist = 'dist' } = given
  return {
    rows: someOf('only', given.only, ROWS),
    peers: quick && given.peers === undefined ? quickPeers : someOf('peers', given.peers, peers),
    quick,
    render,
    whole: given.only === undefined && given.peers === undefined && given.dist === undefined && !quick,
    dist,
  }
}
