import { expect, test } from 'vitest'
import { webLocks } from './web-locks'

/** The part of a LockManager that is used. */
function manager(): LockManager {
  const held = new Set<string>()
  return {
    request: async (name: string, work: () => Promise<void>) => {
      held.add(name)
      await work()
      held.delete(name)
    },
    query: async () => ({ held: [...held].map((name) => ({ name })), pending: [] }),
  } as unknown as LockManager
}

test('a lock is held until it is released', async () => {
  const locks = webLocks(manager())
  const release = await locks.acquire('a')
  expect(await locks.held()).toEqual(new Set(['a']))
  release?.()
  await new Promise(setImmediate)
  expect(await locks.held()).toEqual(new Set())
})

test('where there are no locks nobody knows', async () => {
  const locks = webLocks(undefined)
  expect(await locks.acquire('a')).toBeUndefined()
  expect(await locks.held()).toBeUndefined()
})

test.each([
  ['rejects', () => Promise.reject(new DOMException('inactive document', 'InvalidStateError'))],
  [
    'throws',
    () => {
      throw new DOMException('opaque origin', 'SecurityError')
    },
  ],
])('a manager that %s is as good as none', async (_, refuse) => {
  const locks = webLocks({ request: refuse, query: refuse } as unknown as LockManager)
  expect(await locks.acquire('a')).toBeUndefined()
  expect(await locks.held()).toBeUndefined()
})
