import { expect, it } from 'vitest'
import { judge } from './growth'
import { MONTH, soakMonth } from './month'

it('days of visits and of failing hours leave nothing behind in the database, in localStorage or among the timers, and lose no event', async () => {
  const soak = await soakMonth(12, 4, () => undefined)
  expect(soak.delivered).toBe(soak.captured)
  // What a test runner keeps is in the heap too.
  const { heap, ...counted } = MONTH
  expect(heap).toBeDefined()
  expect(judge(soak, counted).filter(({ flat }) => !flat)).toEqual([])
}, 60_000)
