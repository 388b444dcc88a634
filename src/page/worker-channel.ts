/** The line to the service worker. It need not control this page. */

import type { Channel } from '../client/link'
import { askForPeriodicSync, registerWorker } from './register-worker'
import type { WorkerLocation } from './worker-options'

/** A worker that is not active after this many ms is not waited for: this page takes over. */
const ACTIVATION_TIMEOUT_MS = 10_000

/** @throws an Error that says why there is no worker */
export async function openWorkerChannel(
  location: WorkerLocation,
  receive: (raw: unknown) => void,
  onRegistration: (registration: ServiceWorkerRegistration) => void,
): Promise<Channel> {
  const container = containerOfThisPage()
  const existing = await container.getRegistration(location.scope)
  const known = existing?.scope === location.scope && existing.active ? existing : undefined
  // An active worker takes events at once; whether there is a newer one can wait.
  const registering = registerWorker(location)
  if (known) registering.catch(() => undefined)
  const registration = known ?? (await registering)
  await activated(registration)
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

function containerOfThisPage(): ServiceWorkerContainer {
  // A sandboxed frame has no origin to register for, and Firefox would tell the console of the attempt as an error.
  if (globalThis.origin === 'null') throw new Error('this page has no origin (sandboxed frame)')
  // Insecure origins and Firefox's private windows have none, sandboxed documents throw on reading it.
  const { serviceWorker } = navigator
  if (!serviceWorker) throw new Error('this page has no service workers (insecure origin or private window)')
  return serviceWorker
}

function activated(registration: ServiceWorkerRegistration): Promise<void> {
  if (registration.active) return Promise.resolve()
  const worker = registration.installing ?? registration.waiting
  if (!worker) return Promise.reject(new Error('the worker was not installed'))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the worker takes too long to start')), ACTIVATION_TIMEOUT_MS)
    const look = () => {
      if (worker.state !== 'activated' && worker.state !== 'redundant') return
      clearTimeout(timer)
      worker.removeEventListener('statechange', look)
      if (worker.state === 'activated') resolve()
      else reject(new Error('the worker failed to install'))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}
