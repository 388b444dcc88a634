// Starts the library as told.js does, captures in the very same task, and then makes the calls that the URL names.
import { init } from '/outlast/index.js'

const {
  key = 'phc_test',
  calls = [],
  ...options
} = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
window.told = { degraded: [], update: [], drop: [], delivered: [], warnings: [] }
window.outlast = init(key, { ...options, logger: { warn: (message) => window.told.warnings.push(message) } })
window.outlast.on('drop', (detail) => window.told.drop.push(detail))
window.outlast.capture('at once', { own: 1 })
for (const [name, ...given] of calls) window.outlast[name](...given)
