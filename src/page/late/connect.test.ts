import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { speaking } from '../../../test/support/core/speaking'
import { systemClock } from '../../adapters/system-clock'
import { createConnect } from './connect'

const openInPageChannel = vi.fn()
let failedLoads = 0

vi.mock('./in-page', () => {
  if (failedLoads > 0) {
    failedLoads -= 1
    throw new TypeError('Failed to fetch dynamically imported module')
  }
  return { openInPageChannel, compressNow: () => undefined }
})

beforeEach(() => {
  vi.stubGlobal('document', {})
  openInPageChannel.mockReset().mockImplementation(async ({ durable }) => ({ host: durable ? 'page' : 'memory' }))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const open = (given: Partial<Parameters<typeof createConnect>[0]> = {}) =>
  createConnect({
    queue: 'q',
    worker: () => false,
    durable: () => true,
    lacks: () => undefined,
    askHeaders: undefined,
    clock: systemClock(),
    warnOf: () => undefined,
    onUpdate: () => undefined,
    ...given,
  }).connect(() => undefined, undefined)

it('P2: code that cannot be loaded now is no reason to keep events in memory: there is no host until it can', async () => {
  failedLoads = 1
  await expect(open()).rejects.toThrow()
  expect(openInPageChannel).not.toHaveBeenCalled()
  await expect(open()).resolves.toEqual({ channel: { host: 'page' } })
})

it('keeps events in memory, and says why, where nothing can be stored', async () => {
  openInPageChannel.mockRejectedValueOnce(new Error('no IndexedDB here'))
  await expect(open()).resolves.toEqual({ channel: { host: 'memory' }, degraded: 'Error: no IndexedDB here' })
})

for (const [option, does] of [
  [undefined, 'keeps and sends events itself'],
  ['beforeSend', 'keeps and sends none, since only the worker has beforeSend'],
  ['requestHeaders', 'keeps and sends none, since only the worker has requestHeaders'],
] as const) {
  it(`says of a page without its worker, ${option ? `which has ${option}` : 'which has nothing of its own'}, that it ${does}`, async () => {
    const said: string[] = []
    vi.stubGlobal('isSecureContext', false)
    await open({
      worker: () => ({ url: '/sw.js', scope: '/', type: 'classic' }),
      lacks: () => option,
      warnOf: speaking(said).warnOf,
    })
    expect(said).toEqual([expect.stringContaining(does)])
  })
}
