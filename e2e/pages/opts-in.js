// Opts in and captures in the very task in which the library starts.
import { init } from '/outlast/index.js'

const { key = 'phc_test', ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
window.outlast = init(key, options)
window.outlast.optIn()
window.outlast.capture('opted in')
