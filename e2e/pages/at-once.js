// Captures in the very task in which the library starts, or when it is told to. Tells a test that listens of the moment,
// once what the page writes itself right after that, with nothing to wait for, is on disk.
import { init } from '/outlast/index.js'

const parameters = new URLSearchParams(location.search)
const { key = 'phc_test', ...options } = JSON.parse(parameters.get('init') ?? '{}')
window.outlast = init(key, options)
if (parameters.has('later')) window.begin = begin
else begin()

function begin() {
  window.outlast.capture('at once')
  const at = Date.now()
  const opening = indexedDB.open('yardstick')
  opening.onupgradeneeded = () => opening.result.createObjectStore('rows')
  // The library takes two transactions; twice as many leave it no room to be late, and a busy machine no race.
  opening.onsuccess = () => write(4)

  function write(times) {
    if (times === 0) return window.written?.(at)
    const tx = opening.result.transaction('rows', 'readwrite', { durability: 'relaxed' })
    tx.objectStore('rows').put('x'.repeat(1_000), times)
    tx.oncomplete = () => write(times - 1)
  }
}
