import { expect, it } from 'vitest'
import { parseOptions, ROWS } from './options'

const PEERS = ['outlast', 'posthog-js']

it('without arguments everything is measured, and the documents are written', () => {
  expect(parseOptions([], PEERS)).toMatchObject({ rows: [...ROWS], peers: PEERS, whole: true })
})

it('a part of it, a shorter run or another build writes no documents', () => {
  for (const args of [['--only', 'capture'], ['--peers', 'outlast'], ['--quick'], ['--dist', 'other']]) {
    expect(parseOptions(args, PEERS).whole).toBe(false)
  }
})

it('rows and peers are chosen by name, in their own order', () => {
  const { rows, peers } = parseOptions(['--only', 'load,capture', '--peers', 'posthog-js'], PEERS)
  expect(rows).toEqual(['capture', 'load'])
  expect(peers).toEqual(['posthog-js'])
})

it('a name that there is not is told with those that there are', () => {
  expect(() => parseOptions(['--only', 'speed'], PEERS)).toThrow(/speed is not one of size, capture/)
  expect(() => parseOptions(['--peers', ''], PEERS)).toThrow(/outlast, posthog-js/)
})
