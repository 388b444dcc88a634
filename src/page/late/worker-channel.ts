/** The line to the service worker. It need not control this page. */

import type { Channel } from '../../client/late/channel'
import { askForPeriodicSync, registerWorker } from './register-worker'
import type { WorkerLocation } from './worker-options'

/**
 * A worker that is not active after this many ms is not waited for: this page takes over meanwhile. A registration whose
 * file never comes would else be waited for as long as the browser waits, which has no limit of its own.
 */
const WORKER_LIMIT_MS = 3_000

/** What there is no point in trying again before the next page: the site has no such worker, or may not have one. */
export class NoWorker extends Error {
  /** @param remedy what the site can do about it; absent where the visitor's browser is the reason */
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message)
  }
}

/** @throws a `NoWorker` that says why there is none, or another Error where there may be one later */
export async function openWorkerChannel(
  location: WorkerLocation,
  receive: (raw: unknown) => void,
  onRegistration: (registration: ServiceWorkerRegistration) => void,
): Promise<Channel> {
  const container = containerOfThisPage()
  const registration = await within(WORKER_LIMIT_MS, activeRegistration(container, location))
  onRegistration(registration)
  // One wake more among several; where it fails, the others remain.
  askForPeriodicSync(registration).catch(() => undefined)
  const onMessage = ({ data }: MessageEvent) => receive(data)
  container.addEventListener('message', onMessage)
  container.startMessages()
  return {
    host: 'worker',
    storage: 'indexeddb',
    post(message) {
      registration.active?.postMessage(message)
      return registration.active !== null
    },
    close: async () => container.removeEventListener('message', onMessage),
  }
}

async function activeRegistration(
  container: ServiceWorkerContainer,
  location: WorkerLocation,
): Promise<ServiceWorkerRegistration> {
  // It may hang as long as the request for the file does; an active worker takes events at once, and whether there is a
  // newer one can wait.
  const registering = registerWorker(location).catch((error: Error) => {
    const remedy = 'serve worker.js there (npx outlast copy, or the plugin outlast/vite), or set worker: false'
    throw new NoWorker(`${error.name}: ${error.message}`, remedy)
  })
  // It may fail while the other question is still open, and where there is an active worker it is not asked for.
  registering.catch(() => undefined)
  const existing = await container.getRegistration(location.scope)
  if (existing?.scope === location.scope && existing.active) return existing
  const registration = await registering
  await activated(registration)
  return registration
}

function containerOfThisPage(): ServiceWorkerContainer {
  // A sandboxed frame has no origin to register for, and Firefox would tell the console of the attempt as an error.
  if (globalThis.origin === 'null') throw new NoWorker('this page has no origin (sandboxed frame)')
  if (globalThis.isSecureContext === false) throw new NoWorker('this page is not secure', 'serve the site over https')
  // Private windows of Firefox have none, sandboxed documents throw on reading it.
  const { serviceWorker } = navigator
  if (!serviceWorker) throw new NoWorker('this page has no service workers (private window)')
  return serviceWorker
}

function activated(registration: ServiceWorkerRegistration): Promise<void> {
  if (registration.active) return Promise.resolve()
  const worker = registration.installing ?? registration.waiting
  if (!worker) return Promise.reject(new Error('the worker was not installed'))
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state !== 'activated' && worker.state !== 'redundant') return
      worker.removeEventListener('statechange', look)
      if (worker.state === 'activated') resolve()
      else reject(new NoWorker('the worker failed to install', "look for the worker's own errors in the console"))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the worker takes too long to start')), ms)
    const end = () => clearTimeout(timer)
    work.then(resolve, reject)
    work.then(end, end)
  })
}
