// Starts the library as a site would. Options come in the URL, so that a test needs no page of its own.
import { init } from '/outlast/index.js'

const { key = 'phc_test', ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
window.outlast = init(key, options)
