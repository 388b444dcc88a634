import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../adapters/system-clock'
import { followWorker } from './register-worker'
import { openWorkerChannel } from './worker-channel'

const clock = systemClock()

afterEach(() => {
  vi.unstubAllGlobals()
})

const life = followWorker(
  { url: 'https://site.test/__outlast/worker.js', scope: 'https://site.test/__outlast/', type: 'classic' },
  vi.fn(),
)

it('does not even ask for a worker in a frame without an origin, where Firefox reports the question as an error', async () => {
  const getRegistration = vi.fn(() => Promise.reject(new DOMException('restricted', 'SecurityError')))
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration } })
  vi.stubGlobal('origin', 'null')
  await expect(openWorkerChannel(life, vi.fn(), vi.fn(), clock)).rejects.toThrow('this page has no origin')
  expect(getRegistration).not.toHaveBeenCalled()
})

it('says why there is no worker where the browser has none', async () => {
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('origin', 'http://site.test')
  await expect(openWorkerChannel(life, vi.fn(), vi.fn(), clock)).rejects.toThrow('no service workers')
})
