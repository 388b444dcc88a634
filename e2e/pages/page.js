// Starts the library as a site would. Options come in the URL, so that a test needs no page of its own.
import { init } from '/outlast/index.js'

const parameters = new URLSearchParams(location.search)
// As where storage is forbidden: reading the property itself throws.
const denied = parameters.get('deny')
if (denied) {
  Object.defineProperty(window, denied, {
    get() {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    },
  })
}

const { key = 'phc_test', ...options } = JSON.parse(parameters.get('init') ?? '{}')
window.outlast = init(key, options)
if (parameters.has('agent')) import('/agent.js')
