import { describe, expect, it } from 'vitest'
import { commandLine, oneOf, someOf, wholeNumber } from './command-line'
import { Answer, Problem } from './problem'

const SCRIPT = new URL('test/test.ts', import.meta.url)

describe('a command line', () => {
  it('is read as parseArgs reads it', () => {
    const given = commandLine(SCRIPT, { seed: { type: 'string', default: '1' }, json: { type: 'boolean' } }, ['--json'])
    expect(given).toEqual({ seed: '1', json: true })
  })

  it('is explained by the head of the script', () => {
    for (const help of ['--help', '-h']) {
      const ask = () => commandLine(SCRIPT, {}, [help])
      expect(ask).toThrow(Answer)
      expect(ask).toThrow(/^`npm test`: installs what is missing/)
      expect(ask).not.toThrow(/ \* |\*\//)
    }
  })

  it('is refused with what was wrong and how it goes, where an option is unknown, lacks its value, or stands alone', () => {
    for (const [args, told] of [
      [['--watch'], /'--watch'[\s\S]*npm test -- --list/],
      [['--seed'], /'--seed <value>' argument missing[\s\S]*npm test -- --list/],
      [['seed'], /'seed'[\s\S]*npm test -- --list/],
    ] as [string[], RegExp][]) {
      const parse = () => commandLine(SCRIPT, { seed: { type: 'string' } }, args)
      expect(parse).toThrow(Problem)
      expect(parse).toThrow(told)
    }
  })
})

describe('a whole number', () => {
  it('is taken from its least to its most', () => {
    expect(wholeNumber('port', '0')).toBe(0)
    expect(wholeNumber('port', '65535', { most: 65_535 })).toBe(65_535)
  })

  it('is refused by the name of its option when it is none, or out of bounds', () => {
    for (const text of ['', ' ', '-1', '1.5', '1e3', '0x10', 'many', '9007199254740992']) {
      expect(() => wholeNumber('steps', text)).toThrow(`--steps must be a whole number of at least 0, not "${text}".`)
    }
    expect(() => wholeNumber('rounds', '0', { least: 1, most: 9 })).toThrow(
      '--rounds must be a whole number from 1 to 9, not "0".',
    )
  })
})

describe('a name', () => {
  const NAMES = ['v0', 'v1'] as const

  it('is one of those that there are', () => {
    expect(oneOf('wire', 'v1', NAMES)).toBe('v1')
    expect(() => oneOf('wire', 'v2', NAMES)).toThrow('--wire must be v0 or v1.')
    expect(() => oneOf('wire', undefined, NAMES)).toThrow('--wire must be v0 or v1.')
  })

  it('may be several, with commas or given again, and none stands for all', () => {
    expect(someOf('wire', undefined, NAMES)).toEqual(['v0', 'v1'])
    expect(someOf('wire', 'v1,v0', NAMES)).toEqual(['v0', 'v1'])
    expect(someOf('wire', ['v1', 'v0'], NAMES)).toEqual(['v0', 'v1'])
    expect(() => someOf('wire', 'v1,v2', NAMES)).toThrow('--wire: v2 is not one of v0, v1.')
    expect(() => someOf('wire', '', NAMES)).toThrow('--wire: nothing is not one of v0, v1.')
  })
})
