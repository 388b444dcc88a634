import { webVitals } from '/outlast/web-vitals.js'

webVitals(window.outlast)
