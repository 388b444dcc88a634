// Tries from wherever it is loaded to reach the queue of the site that is named in its URL, and tells what it got.
// What fails here is what should.
addEventListener('unhandledrejection', (event) => event.preventDefault())

const site = new URLSearchParams(location.search).get('site')
const queue = new URLSearchParams(location.search).get('queue')
const heard = []

const attempt = async (work) => {
  try {
    return (await work()) ?? null
  } catch (error) {
    return error.name
  }
}

const told = await attempt(() => {
  const channel = new BroadcastChannel('outlast')
  channel.onmessage = ({ data }) => heard.push(data)
  channel.postMessage({ outlast: 1, queue, report: { type: 'delivered', uuids: ['intruder'] } })
})
const erase = { outlast: 1, id: 1, queue, type: 'erase' }
const worker = await attempt(async () => {
  const registration = await navigator.serviceWorker.getRegistration(`${site}/__outlast/`)
  registration.active.postMessage(erase)
  return 'reached'
})
const registered = await attempt(async () => {
  await navigator.serviceWorker.register(`${site}/__outlast/worker.js`)
  return 'reached'
})
const databases = await attempt(async () => (await indexedDB.databases()).map(({ name }) => name))
const stored = await attempt(() => Object.keys(localStorage).filter((key) => key.includes(queue)))
const locks = await attempt(async () => (await navigator.locks.query()).held.map(({ name }) => name))
const around = window.opened ?? window.opener ?? (parent === window ? undefined : parent)
const client = await attempt(() => (around.outlast ? 'reached' : null))
// Whatever a page listens to, it must not take another origin's word for the host's.
for (const message of [
  erase,
  { outlast: 1, id: 1, queue, instance: 'x', type: 'committed', refused: [], pending: 0 },
]) {
  around?.postMessage(message, '*')
}
const result = { origin: self.origin, told, worker, registered, databases, stored, locks, client }
setTimeout(() => {
  const everything = { intruder: { ...result, heard } }
  document.body.textContent = JSON.stringify(everything)
  around?.postMessage(everything, '*')
}, 500)
