import { webVitals } from '/outlast/web-vitals.js'

// The browser of a test is automated.
webVitals(window.outlast, { bots: true })
