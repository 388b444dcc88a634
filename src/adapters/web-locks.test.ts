import { afterEach, expect, test, vi } from 'vitest'
import { LOCK_LIMIT_MS, webLocks } from './web-locks'

afterEach(() => {
  vi.useRealTimers()
})

/** The signal of a caller who waits for as long as it takes. */
const UNENDING = new AbortController().signal

/** The part of a LockManager that is used. */
function manager(): LockManager {
  const held = new Set<string>()
  return {
    request: async (name: string, _: LockOptions, work: () => Promise<void>) => {
      held.add(name)
      await work()
      held.delete(name)
    },
    query: async () => ({ held: [...held].map((name) => ({ name })), pending: [] }),
  } as unknown as LockManager
}

test('a lock is held until it is released', async () => {
  const locks = webLocks(manager())
  const release = await locks.acquire('a', UNENDING)
  expect(await locks.held()).toEqual(new Set(['a']))
  release?.()
  await new Promise(setImmediate)
  expect(await locks.held()).toEqual(new Set())
})

test('where there are no locks nobody knows', async () => {
  const locks = webLocks(undefined)
  expect(await locks.acquire('a', UNENDING)).toBeUndefined()
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
  expect(await locks.acquire('a', UNENDING)).toBeUndefined()
  expect(await locks.held()).toBeUndefined()
})

/** A manager that answers nothing until it is told to. */
function muteManager() {
  const inner = manager()
  const waiting: (() => void)[] = []
  const answered = () => new Promise<void>((resolve) => waiting.push(resolve))
  return {
    request: vi.fn(async (name: string, options: LockOptions, work: () => Promise<void>) => {
      const aborted = new Promise<never>((_, reject) => options.signal?.addEventListener('abort', reject))
      await Promise.race([answered(), aborted])
      return inner.request(name, options, work)
    }),
    query: vi.fn(async () => {
      await answered()
      return inner.query()
    }),
    answer() {
      for (const resolve of waiting.splice(0)) resolve()
    },
    inner,
  }
}

/** A manager that has not granted a lock within the limit, and the locks over it. */
async function givenUp() {
  vi.useFakeTimers()
  const mute = muteManager()
  const locks = webLocks(mute as unknown as LockManager)
  const first = locks.acquire('a', UNENDING)
  await vi.advanceTimersByTimeAsync(LOCK_LIMIT_MS)
  expect(await first).toBeUndefined()
  return { mute, locks }
}

test('P6: a lock that is never granted is given up, and nobody waits for a second one', async () => {
  const { mute, locks } = await givenUp()
  expect(await locks.acquire('a', UNENDING)).toBeUndefined()
  // A context that gets no lock cannot conclude from missing locks that other senders have died.
  expect(await locks.held()).toBeUndefined()
  expect(mute.request).toHaveBeenCalledTimes(1)
  expect(mute.query).not.toHaveBeenCalled()
})

test('P6: a lock that is granted too late is released at once, and the next one is waited for again', async () => {
  const { mute, locks } = await givenUp()
  mute.answer()
  await vi.advanceTimersByTimeAsync(0)
  expect((await mute.inner.query()).held).toEqual([])
  const second = locks.acquire('b', UNENDING)
  mute.answer()
  expect(await second).toEqual(expect.any(Function))
  expect((await mute.inner.query()).held).toEqual([{ name: 'b' }])
})

test('P6: a list of locks that never comes is given up, and locks are taken all the same', async () => {
  vi.useFakeTimers()
  const { query } = muteManager()
  const locks = webLocks({ ...manager(), query } as unknown as LockManager)
  const first = locks.held()
  await vi.advanceTimersByTimeAsync(LOCK_LIMIT_MS)
  expect(await first).toBeUndefined()
  expect(await locks.held()).toBeUndefined()
  expect(query).toHaveBeenCalledTimes(1)
  expect(await locks.acquire('a', UNENDING)).toEqual(expect.any(Function))
})

test('P9: who waits for a lock can end that, for the browser too, and is not granted it later', async () => {
  const mute = muteManager()
  const locks = webLocks(mute as unknown as LockManager)
  const ending = new AbortController()
  const asked = locks.acquire('a', ending.signal)
  ending.abort()
  expect(await asked).toBeUndefined()
  mute.answer()
  expect((await mute.inner.query()).held).toEqual([])
})
