/** Where events go: the collector's process and the front that stays in its place. */

import { createCollectorProcess } from './collector-process'
import { type Mode, startFront } from './front'
import { startRequestHost } from './request-host'

/** @param dataDir of the collector's database */
export async function startEndpoint(dataDir: string) {
  const collector = createCollectorProcess(dataDir)
  await collector.start()
  const front = await startFront(() => collector.url)
  const requests = await startRequestHost()

  return {
    url: front.url,
    set(mode: Mode) {
      front.set(mode)
      requests.set(mode)
    },
    /** Where requests of relays go. */
    requests,
    seen: front.seen,
    events: collector.events,
    /** As new. */
    async forget() {
      await collector.reset()
      front.forget()
      requests.forget()
    },
    shut: front.shut,
    reopen: front.reopen,
    /**
     * Away and back on the same address, with what it had.
     *
     * @param signal that ends it
     * @param awayMs before it is started again
     */
    async restart(signal: NodeJS.Signals, awayMs: number) {
      await Promise.all([collector.end(signal), front.shut()])
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      await collector.start()
      await front.reopen()
    },
    async close() {
      await Promise.all([front.shut(), requests.close()])
      await collector.end('SIGKILL')
    },
  }
}

export type Endpoint = Awaited<ReturnType<typeof startEndpoint>>
