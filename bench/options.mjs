// @ts-check
/** What to measure, from the command line. */

import { parseArgs } from 'node:util'
import { Problem } from '../scripts/problem.mjs'

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
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      dist: { type: 'string' },
    },
  })
  const { quick, render, dist = 'dist' } = values
  return {
    rows: /** @type {Row[]} */ (chosen('--only', values.only, [...ROWS])),
    peers: chosen('--peers', values.peers, peers),
    quick,
    render,
    whole: values.only === undefined && values.peers === undefined && values.dist === undefined && !quick,
    dist,
  }
}

/**
 * @param {string} option
 * @param {string | undefined} given names, separated by commas
 * @param {string[]} all
 */
function chosen(option, given, all) {
  if (given === undefined) return all
  const names = given.split(',').filter(Boolean)
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length > 0 || names.length === 0) {
    throw new Problem(`${option}: ${unknown.join(', ') || 'nothing'} is not one of ${all.join(', ')}.`)
  }
  return all.filter((name) => names.includes(name))
}
