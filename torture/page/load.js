// A visitor who never rests: captures at random moments, and tells the recorder, outside the browser, what became of it.
import { init } from '/outlast/index.js'
import { createRandom } from '/random.mjs'

const { mark, seed, load, ...options } = JSON.parse(new URLSearchParams(location.search).get('visit'))
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

/** Everything in one task, as a page would: what a task captures is one handover. */
function burst(count) {
  for (let left = count; left > 0; left -= 1) {
    outlast.capture('torture', { note: 'x'.repeat(random.chance(0.1) ? random.integer(1_000, 5_000) : 10) })
  }
  const age = performance.now()
  tell({ type: 'captured', uuids: fresh, at: performance.timeOrigin + age, age })
  fresh = []
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
