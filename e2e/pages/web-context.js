// The same page counted by either library, which the test names: posthog-js, or outlast with its web context.
// What that is, the test's site says in counted.js.
const { library, host, options, context, aheadMs = 0 } = window.counted
if (aheadMs > 0) {
  // A page that is opened so much later.
  const RealDate = Date
  const now = () => RealDate.now() + aheadMs
  window.Date = class extends RealDate {
    static now = now
    constructor(...given) {
      super(...(given.length > 0 ? given : [now()]))
    }
  }
}
window.seen = []
const note = ({ event, properties, $set_once = properties.$set_once }) => {
  const { $set_once: _, ...rest } = properties
  window.seen.push(JSON.parse(JSON.stringify({ event, properties: rest, once: $set_once ?? null })))
}

if (library === 'posthog-js') {
  const { default: posthog } = await import('/posthog-js/module.js')
  window.client = posthog
  posthog.init('phc_test', {
    api_host: host,
    persistence: 'localStorage',
    person_profiles: 'always',
    disable_session_recording: true,
    disable_external_dependency_loading: true,
    disable_surveys: true,
    advanced_disable_flags: true,
    autocapture: false,
    capture_pageview: false,
    capture_pageleave: false,
    // It takes a driven browser for a robot.
    opt_out_useragent_filter: true,
    before_send(event) {
      note(event)
      return event
    },
    ...options,
  })
} else {
  const { init } = await import('/outlast/index.js')
  const { webContext } = await import('/outlast/web-context.js')
  window.client = init('phc_test', {
    host,
    flushInterval: 200,
    beforeSend(event) {
      note(event)
      return event
    },
    ...options,
  })
  window.stop = webContext(window.client, context).stop
}
window.isReady = true
