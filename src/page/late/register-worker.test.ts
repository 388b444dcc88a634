import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { NoWorker } from './no-worker'
import { followWorker } from './register-worker'

const SCOPE = 'https://site.test/__outlast/'
const URL_OF_WORKER = `${SCOPE}worker.js`
const LOCATION = { url: URL_OF_WORKER, scope: SCOPE, type: 'classic' } as const

/** A worker as a registration shows it. */
class FakeWorker extends EventTarget {
  readonly scriptURL = URL_OF_WORKER

  constructor(public state: ServiceWorkerState) {
    super()
  }

  become(state: ServiceWorkerState): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class FakeRegistration extends EventTarget {
  readonly scope = SCOPE
  installing: FakeWorker | null = null
  waiting: FakeWorker | null = null
  active: FakeWorker | null = null
}

class FakeContainer extends EventTarget {
  readonly controller = null
  readonly register = vi.fn<(url: unknown, options: RegistrationOptions) => Promise<FakeRegistration>>()
  readonly getRegistration = vi.fn<(scope: string) => Promise<FakeRegistration | undefined>>(async () => undefined)
}

let container: FakeContainer
let registration: FakeRegistration

beforeEach(() => {
  vi.useFakeTimers()
  container = new FakeContainer()
  registration = new FakeRegistration()
  container.register.mockImplementation(async () => registration)
  vi.stubGlobal('navigator', { serviceWorker: container })
  vi.stubGlobal('location', new URL('https://site.test/page'))
  vi.stubGlobal('self', globalThis)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The browser begins to install another worker. */
function install(): FakeWorker {
  const worker = new FakeWorker('installing')
  registration.installing = worker
  registration.dispatchEvent(new Event('updatefound'))
  return worker
}

function finishInstalling(worker: FakeWorker): void {
  registration.installing = null
  registration.waiting = worker
  worker.become('installed')
}

it('registers at once, in the scope and as the type that the site says', async () => {
  registration.active = new FakeWorker('activated')
  await followWorker({ ...LOCATION, type: 'module' }, vi.fn()).active()
  expect(container.register).toHaveBeenCalledExactlyOnceWith(URL_OF_WORKER, { scope: SCOPE, type: 'module' })
})

it('waits for a worker to be active, also for one that another tab has begun to install', async () => {
  const worker = new FakeWorker('installing')
  registration.installing = worker
  const active = followWorker(LOCATION, vi.fn()).active()
  await vi.advanceTimersByTimeAsync(1)
  registration.installing = null
  registration.active = worker
  worker.become('activated')
  await expect(active).resolves.toBe(registration)
})

it('takes an active worker at once, while registering hangs', async () => {
  registration.active = new FakeWorker('activated')
  container.register.mockImplementation(() => new Promise(() => undefined))
  container.getRegistration.mockImplementation(async () => registration)
  await expect(followWorker(LOCATION, vi.fn()).active()).resolves.toBe(registration)
})

it('tells of a newer worker that waits, and not of the first one', async () => {
  const onUpdate = vi.fn()
  const first = new FakeWorker('installing')
  registration.installing = first
  const active = followWorker(LOCATION, onUpdate).active()
  await vi.advanceTimersByTimeAsync(1)
  registration.dispatchEvent(new Event('updatefound'))
  finishInstalling(first)
  registration.waiting = null
  registration.active = first
  first.become('activated')
  await active
  await vi.advanceTimersByTimeAsync(1_000)
  expect(onUpdate).not.toHaveBeenCalled()
  finishInstalling(install())
  await vi.advanceTimersByTimeAsync(1_000)
  expect(onUpdate).toHaveBeenCalledExactlyOnceWith({ url: URL_OF_WORKER, scope: SCOPE })
})

it('tells of a newer worker that has waited since before this page', async () => {
  registration.active = new FakeWorker('activated')
  registration.waiting = new FakeWorker('installed')
  const onUpdate = vi.fn()
  await followWorker(LOCATION, onUpdate).active()
  await vi.advanceTimersByTimeAsync(0)
  expect(onUpdate).toHaveBeenCalledExactlyOnceWith({ url: URL_OF_WORKER, scope: SCOPE })
})

it('does not tell of a newer worker that takes over by itself', async () => {
  registration.active = new FakeWorker('activated')
  const onUpdate = vi.fn()
  await followWorker(LOCATION, onUpdate).active()
  const next = install()
  finishInstalling(next)
  registration.waiting = null
  next.become('activating')
  registration.active = next
  next.become('activated')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(onUpdate).not.toHaveBeenCalled()
})

it('says why there is no worker, and registers anew when it is asked again', async () => {
  container.register.mockRejectedValueOnce(new TypeError('a bad HTTP response code (404)'))
  registration.active = new FakeWorker('activated')
  const life = followWorker(LOCATION, vi.fn())
  const failed = await life.active().catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(NoWorker)
  expect(failed).toMatchObject({ message: 'TypeError: a bad HTTP response code (404)' })
  await expect(life.active()).resolves.toBe(registration)
})

it('registers once for as long as the registration lives, and anew after it was removed', async () => {
  registration.active = new FakeWorker('activated')
  const life = followWorker(LOCATION, vi.fn())
  await life.active()
  await life.active()
  expect(container.register).toHaveBeenCalledTimes(1)
  registration.active = null
  const again = new FakeRegistration()
  again.active = new FakeWorker('activated')
  container.register.mockImplementation(async () => again)
  await expect(life.active()).resolves.toBe(again)
  expect(container.register).toHaveBeenCalledTimes(2)
})

it('is no host where its worker cannot be installed', async () => {
  const worker = new FakeWorker('installing')
  registration.installing = worker
  const active = followWorker(LOCATION, vi.fn()).active()
  const outcome = expect(active).rejects.toBeInstanceOf(NoWorker)
  await vi.advanceTimersByTimeAsync(1)
  registration.installing = null
  worker.become('redundant')
  await outcome
})

it('gives the browser what Trusted Types ask for, by one policy for all clients of a page', async () => {
  registration.active = new FakeWorker('activated')
  const script = { toString: () => URL_OF_WORKER }
  const createPolicy = vi.fn(() => ({ createScriptURL: () => script }))
  vi.stubGlobal('trustedTypes', { createPolicy })
  await followWorker(LOCATION, vi.fn()).active()
  await followWorker(LOCATION, vi.fn()).active()
  expect(createPolicy).toHaveBeenCalledTimes(1)
  expect(container.register).toHaveBeenLastCalledWith(script, { scope: SCOPE, type: 'classic' })
})
