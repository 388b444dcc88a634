// @ts-check
/** Where events go: the collector's process and the front that stays in its place. */

import { createCollectorProcess } from './collector-process.mjs'
import { startFront } from './front.mjs'

/** @param {string} dataDir of the collector's database */
export async function startEndpoint(dataDir) {
  const collector = createCollectorProcess(dataDir)
  await collector.start()
  const front = await startFront(() => collector.url)

  return {
    url: front.url,
    set: front.set,
    seen: front.seen,
    events: collector.events,
    /** As new. */
    async forget() {
      await collector.reset()
      front.forget()
    },
    shut: front.shut,
    reopen: front.reopen,
    /**
     * Away and back on the same address, with what it had.
     *
     * @param {NodeJS.Signals} signal that ends it
     * @param {number} awayMs before it is started again
     */
    async restart(signal, awayMs) {
      await Promise.all([collector.end(signal), front.shut()])
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      await collector.start()
      await front.reopen()
    },
    async close() {
      await front.shut()
      await collector.end('SIGKILL')
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof startEndpoint>>} Endpoint */
