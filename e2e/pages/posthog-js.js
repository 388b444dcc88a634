// posthog-js as a site would have it: alone, or with its delivery taken over.
import { init } from '/outlast/index.js'
import { deliverThrough } from '/outlast/posthog-js.js'
import posthog from '/posthog-js/module.js'

const {
  host,
  key = 'phc_test',
  // posthog-js without outlast.
  alone,
  // The bridge does not know the instance of posthog-js.
  apart,
  // The client is made before posthog-js captures.
  early,
  hooks = [],
  posthog: settings = {},
  ...options
} = JSON.parse(new URLSearchParams(location.search).get('init') ?? '{}')
// What is given to posthog-js's hooks, before the bridge; and what its listeners hear.
window.seen = []
window.heard = []
const note = (event) => {
  window.seen.push(JSON.parse(JSON.stringify(event)))
  return event
}
const client = () => {
  window.outlast = init(key, { host, ...options })
  return window.outlast
}
const bridge = alone ? [] : [deliverThrough(early ? client() : client, apart ? undefined : posthog)]
posthog.init('phc_test', {
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
  ...settings,
})
posthog.on('eventCaptured', ({ event }) => window.heard.push(event))
window.posthog = posthog
