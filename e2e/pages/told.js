// Starts the library as page.js does, and keeps what it tells the page from the very first moment on.
import { init } from '/outlast/index.js'

const { key = 'phc_test', ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
window.told = { degraded: [], update: [], drop: [], delivered: [], warnings: [] }
window.outlast = init(key, { ...options, logger: { warn: (message) => window.told.warnings.push(message) } })
for (const name of ['degraded', 'update', 'drop', 'delivered']) {
  window.outlast.on(name, (detail) => window.told[name].push(detail))
}
