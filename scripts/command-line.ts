/** The command lines of the scripts: one way to read them, to explain them, and to refuse what is wrong in them. */

import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Answer, Problem } from './problem'

type ParseArgsOptions = NonNullable<ParseArgsConfig['options']>

/**
 * What was asked for, `--help` aside: that is answered with the comment at the head of the script.
 *
 * @param script its `import.meta.url`
 * @param options as `parseArgs` takes them
 */
export function commandLine<Options extends ParseArgsOptions>(
  script: string | URL,
  options: Options,
  args: string[] = process.argv.slice(2),
) {
  const values = parsed(script, options, args)
  if ((values as { help?: boolean }).help) throw new Answer(headComment(script))
  return values
}

function parsed<Options extends ParseArgsOptions>(
  script: string | URL,
  options: Options,
  args: string[],
): ReturnType<typeof parseArgs<{ options: Options }>>['values'] {
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : error}\n\n${headComment(script)}`)
  }
}

function headComment(script: string | URL) {
  const [, comment = ''] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(new URL(script), 'utf8')) ?? []
  return comment.replace(/^ \* ?/gm, '').trim()
}

/**
 * @param name of the option
 * @param bounds inclusive
 */
export function wholeNumber(
  name: string,
  text: string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
) {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  throw new Problem(`--${name} must be a whole number ${range}, not "${text}".`)
}

export function oneOf<Name extends string>(option: string, given: string | undefined, allowed: readonly Name[]): Name {
  const found = allowed.find((name) => name === given)
  if (found === undefined) throw new Problem(`--${option} must be ${allowed.join(' or ')}.`)
  return found
}

/**
 * @param given names, separated by commas; nothing stands for all
 * @returns in the order of `all`
 */
export function someOf<Name extends string>(
  option: string,
  given: string | readonly string[] | undefined,
  all: readonly Name[],
): Name[] {
  if (given === undefined) return [...all]
  const names = [given].flat().join(',').split(',').filter(Boolean)
  const unknown = names.filter((name) => !all.some((known) => known === name))
  if (unknown.length > 0 || names.length === 0) {
    throw new Problem(`--${option}: ${unknown.join(', ') || 'nothing'} is not one of ${all.join(', ')}.`)
  }
  return all.filter((name) => names.includes(name))
}
