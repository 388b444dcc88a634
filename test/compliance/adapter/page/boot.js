// Served as it is, beside the library, so it is plain JavaScript; driver.js is driver.ts without its types.
import { createDriver } from '/driver.js'
import { init } from '/outlast/index.js'

// The adapter calls its methods; a warm page has this and no client yet.
globalThis.driver = createDriver(init)

// On a busy machine a first visit may take longer to get its worker than a client waits for one, and the harness asks what
// the worker does: so a warm page has the worker already.
globalThis.installed = installWorker()

async function installWorker() {
  const registration = await navigator.serviceWorker.register('/__outlast/worker.js', { scope: '/__outlast/' })
  const worker = registration.installing ?? registration.waiting ?? registration.active
  await new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === 'activated') resolve()
      if (worker.state === 'redundant') reject(new Error('the worker was refused'))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}
