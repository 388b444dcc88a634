import { expect, test } from 'vitest'
import { virtualClock } from '../../../test/support/core/virtual-clock'
import { within } from './within'

test('P6: what takes longer is waited for no longer', async () => {
  const clock = virtualClock()
  const waiting = within(100, new Promise<string>(() => undefined), clock)
  await clock.advance(100)
  expect(await waiting).toBeUndefined()
})

test('what is done or fails in time leaves no timer', async () => {
  const clock = virtualClock()
  expect(await within(100, Promise.resolve('done'), clock)).toBe('done')
  await expect(within(100, Promise.reject(new Error('broken')), clock)).rejects.toThrow('broken')
  expect(clock.armed).toBe(0)
})
