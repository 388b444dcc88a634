import { afterEach, expect, it, vi } from 'vitest'
import { openWorkerChannel } from './worker-channel'

afterEach(() => {
  vi.unstubAllGlobals()
})

const location = { url: 'https://site.test/__outlast/worker.js', scope: 'https://site.test/__outlast/' }

it('does not even ask for a worker in a frame without an origin, where Firefox reports the question as an error', async () => {
  const getRegistration = vi.fn(() => Promise.reject(new DOMException('restricted', 'SecurityError')))
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration } })
  vi.stubGlobal('origin', 'null')
  await expect(openWorkerChannel(location, vi.fn(), vi.fn())).rejects.toThrow('this page has no origin')
  expect(getRegistration).not.toHaveBeenCalled()
})

it('says why there is no worker where the browser has none', async () => {
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('origin', 'http://site.test')
  await expect(openWorkerChannel(location, vi.fn(), vi.fn())).rejects.toThrow('no service workers')
})
