// @ts-check
/** What to measure, from the command line. */

import { commandLine, someOf } from '../scripts/command-line.mjs'

export const ROWS = /** @type {const} */ (['size', 'capture', 'load', 'interaction', 'durable', 'backlog', 'delivery'])

/** @typedef {typeof ROWS[number]} Row */

/**
 * @typedef {object} Options
 * @property {Row[]} rows
 * @property {string[]} peers
 * @property {boolean} quick
 * @property {boolean} render writes the documents from the last whole run again, and measures nothing
 * @property {boolean} whole every row and peer, at full length: what the documents are made from
 * @property {string} dist the built library
 */

/**
 * @param {string[]} args
 * @param {string[]} peers all there are
 * @returns {Options}
 */
export function parseOptions(args, peers) {
  const given = commandLine(
    new URL('bench.mjs', import.meta.url),
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
    peers: someOf('peers', given.peers, peers),
    quick,
    render,
    whole: given.only === undefined && given.peers === undefined && given.dist === undefined && !quick,
    dist,
  }
}
