// @ts-check
/** The command lines of the scripts: one way to read them, to explain them, and to refuse what is wrong in them. */

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Answer, Problem } from './problem.mjs'

/** @typedef {NonNullable<import('node:util').ParseArgsConfig['options']>} ParseArgsOptions */

/**
 * What was asked for, `--help` aside: that is answered with the comment at the head of the script.
 *
 * @template {ParseArgsOptions} Options
 * @param {string | URL} script its `import.meta.url`
 * @param {Options} options as `parseArgs` takes them
 * @param {string[]} [args]
 */
export function commandLine(script, options, args = process.argv.slice(2)) {
  const values = parsed(script, options, args)
  if (/** @type {{ help?: boolean }} */ (values).help) throw new Answer(headComment(script))
  return values
}

/**
 * @template {ParseArgsOptions} Options
 * @param {string | URL} script
 * @param {Options} options
 * @param {string[]} args
 * @returns {ReturnType<typeof parseArgs<{ options: Options }>>['values']}
 */
function parsed(script, options, args) {
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\n\n${headComment(script)}`)
  }
}

/** @param {string | URL} script */
function headComment(script) {
  const [, comment = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(new URL(script), 'utf8')) ?? []
  return comment.replace(/^ \* ?/gm, '').trim()
}

/**
 * @param {string} name of the option
 * @param {string} text
 * @param {{ least?: number, most?: number }} [bounds] inclusive
 */
export function wholeNumber(name, text, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}) {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  throw new Problem(`--${name} must be a whole number ${range}, not "${text}".`)
}

/**
 * @template {string} Name
 * @param {string} option
 * @param {string | undefined} given
 * @param {readonly Name[]} allowed
 * @returns {Name}
 */
export function oneOf(option, given, allowed) {
  const found = allowed.find((name) => name === given)
  if (found === undefined) throw new Problem(`--${option} must be ${allowed.join(' or ')}.`)
  return found
}

/**
 * @template {string} Name
 * @param {string} option
 * @param {string | readonly string[] | undefined} given names, separated by commas; nothing stands for all
 * @param {readonly Name[]} all
 * @returns {Name[]} in the order of `all`
 */
export function someOf(option, given, all) {
  if (given === undefined) return [...all]
  const names = [given].flat().join(',').split(',').filter(Boolean)
  const unknown = names.filter((name) => !all.some((known) => known === name))
  if (unknown.length > 0 || names.length === 0) {
    throw new Problem(`--${option}: ${unknown.join(', ') || 'nothing'} is not one of ${all.join(', ')}.`)
  }
  return all.filter((name) => names.includes(name))
}
