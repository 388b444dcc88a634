/** Drives one client as the adapter is asked to: the same code in a page and in Node, with plain JSON for answers. */

interface Ready {
  host: string
  storage: string
}

/** The part of a client that the harness exercises. Methods that not every version has are optional. */
interface Client {
  ready: Promise<Ready>
  capture: (event: string, properties: object, options: object) => void
  captureAi?: (event: string, properties: object, options: object) => void
  getFeatureFlag?: (key: string, options: object) => Promise<unknown>
  flush: () => Promise<{ delivered: number; pending: number; dropped: number }>
  stats: () => Promise<{ accepted: number; delivered: number; pending: number }>
  shutdown: (timeout?: number) => Promise<unknown>
  on: {
    (name: 'drop', listener: (drop: Drop) => void): void
    (name: 'degraded', listener: (detail: { to: string; reason: string }) => void): void
    (name: 'host', listener: (host: Ready) => void): void
  }
}

interface Drop {
  uuids: string[]
  reason: string
  detail: string
}

export interface Failed {
  ok: false
  status: number
  reason: string
}

export type Outcome = ({ ok: true } & Record<string, unknown>) | Failed

export type Init = (apiKey: string, options: object) => Client

/** How long in ms a client whose worker did not answer in time may take to go back to the worker. */
const RETURN_LIMIT_MS = 30_000

export function createDriver(init: Init) {
  let client: Client | undefined
  let uuid: string | undefined
  let drops: Drop[] = []
  let degraded: string | undefined
  let lastWarning: string | null = null

  /** The uuid is the SDK's own, seen where a site would see it. An event that the SDK does not take is no success. */
  function taking(capture: () => void): Outcome {
    uuid = undefined
    drops = []
    capture()
    const [drop] = drops
    if (drop) return failed(500, `the event was dropped (${drop.reason}): ${drop.detail}`)
    if (!uuid) return failed(500, lastWarning ?? 'the SDK took no event')
    return { ok: true, uuid }
  }

  return {
    /**
     * @param wanted the host that the queue is to have. On a busy machine a client may begin with another one, because the
     * worker has not answered in time, and goes to the worker as soon as it answers
     */
    async open({ apiKey, options, wanted }: { apiKey: string; options: object; wanted?: string }): Promise<Outcome> {
      client = init(apiKey, {
        ...options,
        beforeSend(event: { uuid: string }) {
          uuid = event.uuid
          return event
        },
        logger: { warn: (message: string) => (lastWarning = message) },
      })
      client.on('drop', (drop) => drops.push(drop))
      client.on('degraded', ({ to, reason }) => (degraded = `the queue moved to the ${to}: ${reason}`))
      const returned = new Promise<Ready>((resolve) =>
        client?.on('host', (found) => {
          if (found.host === wanted) resolve(found)
        }),
      )
      const first = await client.ready
      if (wanted === undefined || first.host === wanted) return { ok: true, ...first }
      const late = new Promise<Ready>((resolve) => setTimeout(() => resolve(first), RETURN_LIMIT_MS))
      const found = await Promise.race([returned, late])
      degraded = undefined
      return { ok: true, ...found }
    },

    capture: ({ event, properties, options }: { event: string; properties: object; options: object }) =>
      taking(() => client?.capture(event, properties, options)),

    captureAi({ event, properties, options }: { event: string; properties: object; options: object }) {
      if (!client?.captureAi) return notImplemented('captureAi')
      return taking(() => client?.captureAi?.(event, properties, options))
    },

    async flush(): Promise<Outcome> {
      const flushed = await client?.flush()
      return degraded ? failed(500, degraded) : { ok: true, delivered: flushed?.delivered ?? 0 }
    },

    async getFeatureFlag({ key, options }: { key: string; options: object }): Promise<Outcome> {
      if (!client?.getFeatureFlag) return notImplemented('getFeatureFlag')
      return { ok: true, value: (await client.getFeatureFlag(key, options)) ?? null }
    },

    async state(): Promise<Outcome> {
      const stats = await client?.stats()
      return degraded ? failed(500, degraded) : { ok: true, stats, lastWarning }
    },

    /** What this version of the library can do. */
    features: (): Outcome => ({
      ok: true,
      captureAi: typeof client?.captureAi === 'function',
      getFeatureFlag: typeof client?.getFeatureFlag === 'function',
    }),

    /** Ends it at once and sends nothing. */
    async discard() {
      await client?.shutdown(0)
      return { ok: true }
    },
  }
}

const failed = (status: number, reason: string): Failed => ({ ok: false, status, reason })

const notImplemented = (method: string) => failed(501, `not implemented: the client has no ${method}()`)
