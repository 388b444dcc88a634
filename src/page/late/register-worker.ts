/**
 * Registers the worker with Workbox, which also tells of a worker that waits. This file itself watches until a worker
 * is active. The browser keeps the worker up to date.
 */

import { Workbox } from 'workbox-window'
import type { OutlastEvents } from '../../client/types'
import { NoWorker } from './no-worker'
import { trustedUrl } from './trusted-url'
import type { WorkerLocation } from './worker-options'

/** The worker of this page, followed for as long as the page lives. */
export interface WorkerLife {
  /**
   * The registration, once it has an active worker.
   *
   * @throws a `NoWorker` that says why there is none, or another Error where there may be one later
   */
  active(): Promise<ServiceWorkerRegistration>
}

interface Following {
  registered: Promise<ServiceWorkerRegistration>
  /** The registration, once it is known. */
  registration?: ServiceWorkerRegistration
  /** Says which worker this page talks to. */
  setWorker(worker: ServiceWorker): void
}

/** @param onUpdate told of a newer worker that is installed and has to wait for the active one to end */
export function followWorker(
  location: WorkerLocation,
  onUpdate: (update: OutlastEvents['update']) => void,
): WorkerLife {
  let following: Following | undefined

  /** One Workbox for as long as its registration lives, since its listeners on that registration cannot be removed. */
  function followed(): Following {
    if (following?.registration && !newestOf(following.registration)) following = undefined
    if (following) return following
    const mine = follow(location, onUpdate)
    following = mine
    mine.registered.then(
      (registration) => {
        mine.registration = registration
      },
      () => {
        following = undefined
      },
    )
    return mine
  }

  return {
    async active() {
      // Registering may hang as long as the request for the file does; an active worker takes events at once, and
      // whether there is a newer one can wait.
      const { registered, setWorker } = followed()
      const existing = await navigator.serviceWorker.getRegistration(location.scope)
      const isThere = existing?.scope === location.scope && existing.active
      const registration = isThere ? existing : await registered
      setWorker(await activated(registration))
      return registration
    },
  }
}

function follow({ url, scope, type }: WorkerLocation, onUpdate: (update: OutlastEvents['update']) => void): Following {
  let setWorker: Following['setWorker'] = () => undefined
  const worker = new Promise<ServiceWorker>((resolve) => {
    setWorker = resolve
  })

  async function register(): Promise<ServiceWorkerRegistration> {
    const workbox = new Workbox(trustedUrl(url), { scope, type })
    // Workbox keeps each message until it knows a worker of its own, and does not count a worker that was there before
    // this page: it would keep all that this worker ever says.
    workbox.getSW = () => worker
    let registration: ServiceWorkerRegistration | undefined
    workbox.addEventListener('waiting', ({ sw, wasWaitingBeforeRegister }) => {
      // The first worker of a site waits for no other one, however long its browser takes.
      const isNewer = wasWaitingBeforeRegister || registration?.active
      if (sw && isNewer) onUpdate({ url: sw.scriptURL, scope })
    })
    // A page that is not loaded yet has events to hand over already.
    registration = await workbox.register({ immediate: true })
    if (!registration) throw new Error('the worker was not registered')
    return registration
  }

  const registered = register().catch((error: Error) => {
    throw new NoWorker(`${error.name}: ${error.message}`, '')
  })
  // Where there is an active worker, the outcome of registering is not waited for.
  registered.catch(() => undefined)
  return { registered, setWorker }
}

const newestOf = ({ installing, waiting, active }: ServiceWorkerRegistration) => installing ?? waiting ?? active

/**
 * The worker, once it is active. Workbox tells only of a worker that began to be installed after this page had
 * registered, and a worker that another tab has registered may be on its way already.
 */
function activated(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  if (registration.active) return Promise.resolve(registration.active)
  const worker = newestOf(registration)
  if (!worker) return Promise.reject(new Error('the worker was not installed'))
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state !== 'activated' && worker.state !== 'redundant') return
      worker.removeEventListener('statechange', look)
      if (worker.state === 'activated') resolve(worker)
      else reject(new NoWorker('the worker failed to install', "look for the worker's own errors in the console"))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}
