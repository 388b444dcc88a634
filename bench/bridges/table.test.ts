import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { BRIDGES } from '../../scripts/build/bridges'
import type { BridgeResult } from './play'
import { BRIDGE_STORIES, MAY_COME_TWICE } from './stories'
import { bridgeTable, DOCUMENT, MARKED } from './table'

const result = (more: Partial<BridgeResult>): BridgeResult => ({
  name: '',
  bridge: 'sentry',
  bridged: true,
  story: 'answer lost',
  peer: 'sentry-outlast',
  captured: 20,
  delivered: 20,
  lost: 0,
  duplicates: 0,
  requests: 1,
  lastDeliveryMs: 1,
  ...more,
})

it('a cell tells what was lost alone, and with outlast', () => {
  const alone = result({ bridged: false, lost: 20, delivered: 0 })
  expect(bridgeTable([result({ duplicates: 1 }), alone])).toContain(
    '| answer lost | 20 of 20 lost → 0 of 20 lost, 1 twice |',
  )
  expect(bridgeTable([result({ error: 'no browser' })])).toContain('| answer lost | not played |')
})

it('the table of docs/bridges.md has every story of every bridge, and nothing is lost with outlast', () => {
  const [table = ''] = MARKED.exec(readFileSync(DOCUMENT, 'utf8')) ?? []
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [head = [], , ...stories] = rows
  expect(head.slice(1)).toEqual([...BRIDGES].sort())
  expect(stories.map(([story]) => story)).toEqual([...BRIDGE_STORIES].sort())
  for (const [story, ...cells] of stories) {
    const right = story === MAY_COME_TWICE ? / → 0 of \d+ lost(, \d+ twice)?$/ : / → 0 of \d+ lost$/
    for (const cell of cells) expect(cell, story).toMatch(right)
  }
})
