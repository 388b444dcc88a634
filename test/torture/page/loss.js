// Captures an event every few ms, each with its number and its time, and tells of each outside the browser; or, on the
// next visit, captures nothing and tells when nothing is left to deliver.
import { init } from '/outlast/index.js'

const { begin, everyMs, options } = JSON.parse(new URLSearchParams(location.search).get('visit'))
/** What a page tells reaches the browser at once; `tell` is a binding of the DevTools protocol. */
const say = (message) => window.tell(JSON.stringify(message))

const logger = { warn: (text) => say({ type: 'warning', text }) }
const outlast = init('phc_loss', { host: location.origin, logger, ...options })

let index = 0
function capture() {
  const captured = { index, at: performance.timeOrigin + performance.now() }
  index += 1
  outlast.capture('loss', captured)
  say({ type: 'captured', ...captured })
}

window.begin = () => {
  capture()
  setInterval(capture, everyMs)
}

const RETRY_MS = 20

async function drain() {
  await outlast.ready
  do {
    await outlast.flush()
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  } while ((await outlast.pending()) > 0)
  say({ type: 'drained' })
}

if (begin === 'never') void drain()
else if (begin === 'at once') window.begin()
else {
  // What a page captures when it is loaded: the worker has been written to, as on any visit.
  outlast.capture('before')
  await outlast.stats()
  say({ type: 'ready' })
}
