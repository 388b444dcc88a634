// As page.js, with options that JSON cannot say: a test leaves them in `window.more` before.
import { init } from '/outlast/index.js'

const { key = 'phc_test', ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
window.outlast = init(key, { ...options, ...window.more })
