import { expect, it } from 'vitest'
import { parseOptions, ROWS } from './options'

const PEERS = ['outlast', 'posthog-js', 'sentry']
const parse = (args: string[]) => parseOptions(args, PEERS, ['outlast'])

it('without arguments everything is measured, and the documents are written', () => {
  expect(parse([])).toMatchObject({ rows: [...ROWS], peers: PEERS, whole: true })
})

it('a part of it, a shorter run or another build writes no documents', () => {
  for (const args of [['--only', 'capture'], ['--peers', 'outlast'], ['--quick'], ['--dist', 'other']]) {
    expect(parse(args).whole).toBe(false)
  }
})

it('a quick run measures some of the peers, unless it is told which', () => {
  expect(parse(['--quick']).peers).toEqual(['outlast'])
  expect(parse(['--quick', '--peers', 'sentry']).peers).toEqual(['sentry'])
})

it('rows and peers are chosen by name, in their own order', () => {
  const { rows, peers } = parse(['--only', 'load,capture', '--peers', 'posthog-js'])
  expect(rows).toEqual(['capture', 'load'])
  expect(peers).toEqual(['posthog-js'])
})

it('a name that there is not is told with those that there are', () => {
  expect(() => parse(['--only', 'speed'])).toThrow(/speed is not one of size, capture/)
  expect(() => parse(['--peers', ''])).toThrow(/outlast, posthog-js/)
})
