import { expect, it } from 'vitest'
import { drawPlots, fill } from './documents'
import { resultsWith } from './testing'

it('a table replaces what stands between its markers, and the prose around them stays', () => {
  const text = 'before\n<!-- bench:size -->\nold\n<!-- /bench:size -->\nafter'
  const once = fill(text, { size: '| new |', other: 'x' })
  expect(once).toBe('before\n<!-- bench:size -->\n\n| new |\n\n<!-- /bench:size -->\nafter')
  expect(fill(once, { size: '| new |' })).toBe(once)
})

it('a figure with a dollar sign is not a pattern', () => {
  expect(fill('<!-- bench:a --><!-- /bench:a -->', { a: '$1 $&' })).toContain('$1 $&')
})

it('a backlog that did not drain is not on the curve', () => {
  const one = {
    peer: 'outlast',
    durableMs: 10,
    requests: 1,
    bytesPerEvent: 1,
    wireBytesPerEvent: 1,
    workerBytes: 1_000,
    workerPeakBytes: 1_000,
  }
  const svgs = drawPlots(
    resultsWith({
      backlog: [
        { ...one, events: 1_000, delivered: 1_000, drainMs: 100 },
        { ...one, events: 10_000, delivered: 9_000, drainMs: 900 },
      ],
      capture: [{ peer: 'outlast', medianUs: 2, p99Us: 3 }],
      load: [],
    }),
  )
  expect(svgs.memory.match(/<circle/g)).toHaveLength(1)
  expect(svgs.capture).toContain('outlast')
})
