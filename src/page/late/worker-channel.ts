/** The channel to the service worker, which need not control this page. */

import type { Channel } from '../../client/late/channel'
import type { Clock } from '../../core/base/ports'
import { show } from '../../core/base/values'
import { within } from '../../core/base/within'
import { NoWorker } from './no-worker'
import { askForPeriodicSync } from './periodic-sync'
import type { WorkerLife } from './register-worker'

/**
 * A worker that is not active after this many ms is not waited for: this page takes over meanwhile. A registration
 * whose file never comes would else be waited for as long as the browser waits, which has no limit of its own.
 */
const WORKER_LIMIT_MS = 3_000

/** @throws a `NoWorker` that says why there is none, or another Error where there may be one later */
export async function openWorkerChannel(
  life: WorkerLife,
  receive: (raw: unknown) => void,
  onRegistration: (registration: ServiceWorkerRegistration) => void,
  clock: Pick<Clock, 'timer'>,
): Promise<Channel> {
  const container = containerOfThisPage()
  const registration = await within(WORKER_LIMIT_MS, life.active(), clock)
  if (!registration) throw new Error('the worker takes too long to start')
  onRegistration(registration)
  // The periodic sync is one wake more among several; where it fails, the others remain.
  askForPeriodicSync(registration).catch(() => undefined)
  const onMessage = ({ data }: MessageEvent) => receive(data)
  container.addEventListener('message', onMessage)
  container.startMessages()
  return {
    host: 'worker',
    storage: 'indexeddb',
    post(message) {
      const { active } = registration
      if (!active) return 'it was removed'
      try {
        active.postMessage(message)
      } catch (error) {
        // A site may have replaced `postMessage`. What throws here would end page exit before it has saved anything.
        return show(error)
      }
    },
    close: async () => container.removeEventListener('message', onMessage),
  }
}

function containerOfThisPage(): ServiceWorkerContainer {
  // A sandboxed frame has no origin to register for, and Firefox would tell the console of the attempt as an error.
  if (globalThis.origin === 'null') {
    throw new NoWorker(
      'this page has no origin (sandboxed frame)',
      "nothing outlasts it; have allow-same-origin in the frame's sandbox attribute, or say worker: false",
    )
  }
  if (globalThis.isSecureContext === false) throw new NoWorker('this page is not secure', 'serve the site over https')
  // Private windows of Firefox have no `serviceWorker`, and sandboxed documents throw on reading it.
  const { serviceWorker } = navigator
  if (!serviceWorker) throw new NoWorker('this page has no service workers (private window)')
  return serviceWorker
}
