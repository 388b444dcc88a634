import { expect, test } from 'vitest'
import { boundaries, DEFAULT_SEED, runBoundary } from './all'

/** A taste of `npm run fuzz`: enough to catch what has just been broken. */
const CASES = 400

const shares = boundaries.reduce((sum, { share }) => sum + share, 0)

test.each(boundaries.map((boundary) => [boundary.name, boundary] as const))(
  'P11: hostile input at %s is refused with a reason, and nothing else is lost',
  async (_name, boundary) => {
    const cases = Math.max(15, Math.round((CASES * boundary.share) / shares))
    const { failure, ...result } = await runBoundary(boundary, { cases, seed: DEFAULT_SEED })
    expect(failure).toBeUndefined()
    expect(result.cases).toBe(cases)
  },
  60_000,
)
