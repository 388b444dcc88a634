/** The memory of a site's service worker, read while it works. */

import type { Browser, CDPSession } from 'playwright'
import { median } from '../stats'

const EVERY_MS = 100

/** In bytes. The peak is what some readings happen to meet. */
interface Heap {
  median: number
  peak: number
}

/**
 * Watches until `stop`, which tells what was in use. Garbage is collected before each reading: what is waiting to be
 * collected says more of the machine than of the worker.
 */
export async function watchWorkerHeap(browser: Browser): Promise<{ stop(): Promise<Heap | undefined> }> {
  const worker = await attachToWorker(browser)
  if (!worker) return { stop: async () => undefined }
  const readings: number[] = []
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      // Asked for together, so that the worker makes no new garbage in between.
      const [, { usedSize = 0, backingStorageSize = 0 }] = await Promise.all([
        worker.send('HeapProfiler.collectGarbage'),
        worker.send('Runtime.getHeapUsage'),
      ])
      readings.push(Number(usedSize) + Number(backingStorageSize))
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  })()
  return {
    async stop() {
      stopped = true
      await watching
      await worker.detach()
      return { median: median(readings), peak: Math.max(...readings) }
    },
  }
}

interface WorkerSession {
  send(method: string, given?: object): Promise<Record<string, number | object>>
  detach(): Promise<void>
}

/** A DevTools session of the service worker that runs, if there is one. */
export async function attachToWorker(browser: Browser): Promise<WorkerSession | undefined> {
  const devTools = await browser.newBrowserCDPSession()
  const { targetInfos } = await devTools.send('Target.getTargets')
  const worker = targetInfos.find(({ type }) => type === 'service_worker')
  if (worker) return { send: await sendingTo(devTools, worker.targetId), detach: () => devTools.detach() }
  await devTools.detach()
  return undefined
}

/** Playwright has sessions for pages alone, so the worker's messages go through the browser's. */
async function sendingTo(devTools: CDPSession, targetId: string): Promise<WorkerSession['send']> {
  const { sessionId } = await devTools.send('Target.attachToTarget', { targetId, flatten: false })
  const asked = new Map<number, (result: Record<string, number | object>) => void>()
  let last = 0
  devTools.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message)
    asked.get(id)?.(result ?? {})
    asked.delete(id)
  })
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1
      asked.set(last, resolve)
      const message = JSON.stringify({ id: last, method, params })
      devTools.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject)
    })
}
