// Captures in the very task in which the library starts, or when it is told to. Tells a test that listens of the moment,
// once what the page writes itself right after that, with nothing to wait for, is on disk.
import { init } from '/outlast/index.js'
import { writeOwn } from '/yardstick.js'

const parameters = new URLSearchParams(location.search)
const { key = 'phc_test', ...options } = JSON.parse(parameters.get('init') ?? '{}')
window.outlast = init(key, options)
if (parameters.has('later')) window.begin = begin
else begin()

function begin() {
  window.outlast.capture('at once')
  const at = Date.now()
  void writeOwn().then(() => window.written?.(at))
}
