// The same page over either library: posthog-js itself, or outlast under posthog-js's names.
const { library, host } = Object.fromEntries(new URLSearchParams(location.search))
const file = library === 'posthog-js' ? '/posthog-js/module.js' : '/outlast/posthog-compat.js'
const { default: posthog } = await import(file)

// What the site's hook sees, and what the library writes to the console.
window.seen = []
window.warned = []
const warn = console.warn
console.warn = (...given) => {
  window.warned.push(given.map(String).join(' '))
  warn(...given)
}

window.start = (config = {}, token = 'phc_test') =>
  posthog.init(token, {
    api_host: host,
    disable_session_recording: true,
    disable_external_dependency_loading: true,
    disable_surveys: true,
    advanced_disable_flags: true,
    autocapture: false,
    capture_pageview: false,
    request_queue_config: { flush_interval_ms: 250 },
    // It takes a driven browser for a robot.
    opt_out_useragent_filter: true,
    before_send(event) {
      window.seen.push(JSON.parse(JSON.stringify(event)))
      return event
    },
    ...config,
  })
window.posthog = posthog
window.isReady = true
