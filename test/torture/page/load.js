// A visitor who never rests: captures at random moments, and tells the recorder, outside the browser, what became of it.
import { init } from '/outlast/index.js'
import { relay } from '/outlast/relay.js'
import { createRandom } from '/random.js'

const { mark, seed, load, requests, ...options } = JSON.parse(new URLSearchParams(location.search).get('visit'))
const random = createRandom(seed)

/** Told as soon as it is known: a killed browser tells nothing afterwards. */
const tell = (message) => void window.tell(message)
addEventListener('error', ({ message }) => tell({ type: 'error', text: message }))
addEventListener('unhandledrejection', ({ reason }) => tell({ type: 'error', text: String(reason?.stack ?? reason) }))

let fresh = []
/** The event's identity once more, where nobody on the way has a reason to touch it. */
const signed = (event) => {
  fresh.push(event.uuid)
  const { uuid, timestamp, properties } = event
  return { ...event, properties: { ...properties, mark, signed_uuid: uuid, signed_timestamp: timestamp } }
}

const outlast = init('phc_torture', { ...options, beforeSend: signed })
window.outlast = outlast
outlast.on('queued', ({ uuids }) => tell({ type: 'acknowledged', uuids }))
outlast.on('drop', ({ uuids, reason, detail }) => tell({ type: 'dropped', uuids, reason, detail }))

const send = relay({ hosts: [requests], worker: options.worker })
window.send = send
send.on('drop', ({ uuids, reason, detail }) => tell({ type: 'request dropped', uuids, reason, detail }))

async function request() {
  // A server knows a request that comes again by its key. A page that is loaded again has the same seed, and makes other
  // requests.
  const id = crypto.randomUUID()
  const body = JSON.stringify({ mark, id, note: 'ü'.repeat(random.chance(0.1) ? random.integer(1_000, 5_000) : 10) })
  tell({ type: 'requested', id, body })
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': id }
  const answer = await send(`${requests}/collect`, { method: 'POST', headers, body })
  const { status, statusText: reason } = answer
  tell({ type: 'request answered', id, status, reason, storage: answer.headers.get('outlast-storage') })
}

/** Everything in one task, as a page would: what a task captures is one handover. */
function burst(count) {
  for (let left = count; left > 0; left -= 1) {
    outlast.capture('torture', { note: 'x'.repeat(random.chance(0.1) ? random.integer(1_000, 5_000) : 10) })
  }
  const age = performance.now()
  tell({ type: 'captured', uuids: fresh, at: performance.timeOrigin + age, age })
  fresh = []
  if (random.chance(0.4)) request()
  measure()
}

/** What the machine takes for a write now, begun after the library's: one at a time, in a database of the page's own. */
let measuring = false
let again = false
function measure() {
  again = true
  if (measuring) return
  measuring = true
  again = false
  const since = performance.timeOrigin + performance.now()
  write()
    .then(() => tell({ type: 'wrote', since }))
    // Where nothing can be written, nothing is owed.
    .catch(() => undefined)
    .then(() => {
      measuring = false
      if (again) measure()
    })
}

let opening
async function write() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('yardstick')
    request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true })
    request.onsuccess = () => resolve(request.result)
    request.onerror = reject
  })
  const tx = (await opening).transaction('rows', 'readwrite', { durability: 'relaxed' })
  tx.objectStore('rows').add('x')
  await new Promise((resolve, reject) => {
    tx.oncomplete = resolve
    tx.onabort = reject
  })
}

/** A slow machine must not be given more than a fast one. */
function goOn(left) {
  burst(random.integer(1, load.maxBurst))
  if (left > 0) setTimeout(goOn, random.integer(1, load.maxPauseMs), left - 1)
}

if (load) {
  goOn(load.bursts)
  addEventListener('pagehide', () => burst(2))
}
// For a navigation in the very task of a capture.
window.burst = burst
