// Served as it is, beside the library, so it is plain JavaScript; driver.js is driver.ts without its types.
import { createDriver } from '/driver.js'
import { init } from '/outlast/index.js'

// The adapter calls its methods; a warm page has this and no client yet.
globalThis.driver = createDriver(init)
