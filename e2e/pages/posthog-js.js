// posthog-js as a site would have it: alone, or with its delivery taken over.
import { init } from '/outlast/index.js'
import { deliverThrough } from '/outlast/posthog-js.js'
import posthog from '/posthog-js/module.js'

const { host, alone, hooks = [], ...options } = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
const key = 'phc_test'
// What is given to posthog-js's hooks, before and after the bridge.
window.seen = []
const note = (event) => {
  window.seen.push(JSON.parse(JSON.stringify(event)))
  return event
}
const bridge = []
if (!alone) {
  window.outlast = init(key, { host, ...options })
  bridge.push(deliverThrough(window.outlast))
}
posthog.init(key, {
  api_host: host,
  before_send: [note, ...hooks, ...bridge],
  advanced_disable_flags: true,
  disable_session_recording: true,
  disable_external_dependency_loading: true,
  disable_surveys: true,
  // It takes a driven browser for a bot.
  opt_out_useragent_filter: true,
  capture_pageview: false,
  autocapture: true,
})
window.posthog = posthog
