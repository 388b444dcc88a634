// @ts-check
/** Drives one client as the adapter is asked to: the same code in a page and in Node, with plain JSON for answers. */

/**
 * The part of a client that the harness exercises. Methods that not every version has are optional.
 *
 * @typedef {object} Client
 * @property {Promise<{ host: string, storage: string }>} ready
 * @property {(event: string, properties: object, options: object) => void} capture
 * @property {(event: string, properties: object, options: object) => void} [captureAi]
 * @property {(key: string, options: object) => Promise<unknown>} [getFeatureFlag]
 * @property {() => Promise<{ delivered: number, pending: number, dropped: number }>} flush
 * @property {() => Promise<{ accepted: number, delivered: number, pending: number }>} stats
 * @property {(timeout?: number) => Promise<unknown>} shutdown
 * @property {(name: 'drop' | 'degraded', listener: (detail: any) => void) => void} on
 */

/** @typedef {{ ok: false, status: number, reason: string }} Failed */

/** @typedef {({ ok: true } & Record<string, any>) | Failed} Outcome */

/** @param {(apiKey: string, options: object) => Client} init */
export function createDriver(init) {
  /** @type {Client | undefined} */
  let client
  /** @type {string | undefined} */
  let uuid
  /** @type {{ uuids: string[], reason: string, detail: string }[]} */
  let drops = []
  /** @type {string | undefined} */
  let degraded
  /** @type {string | null} */
  let lastWarning = null

  /**
   * The uuid is the SDK's own, seen where a site would see it. An event that the SDK does not take is no success.
   *
   * @param {() => void} capture
   * @returns {Outcome}
   */
  function taking(capture) {
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
     * @param {{ apiKey: string, options: object }} given
     * @returns {Promise<Outcome>}
     */
    async open({ apiKey, options }) {
      client = init(apiKey, {
        ...options,
        /** @param {{ uuid: string }} event */
        beforeSend(event) {
          uuid = event.uuid
          return event
        },
        logger: { warn: (/** @type {string} */ message) => (lastWarning = message) },
      })
      client.on('drop', (drop) => drops.push(drop))
      client.on('degraded', ({ to, reason }) => (degraded = `the queue moved to the ${to}: ${reason}`))
      const { host, storage } = await client.ready
      return { ok: true, host, storage }
    },

    /** @param {{ event: string, properties: object, options: object }} given */
    capture: ({ event, properties, options }) => taking(() => client?.capture(event, properties, options)),

    /** @param {{ event: string, properties: object, options: object }} given */
    captureAi({ event, properties, options }) {
      if (!client?.captureAi) return notImplemented('captureAi')
      return taking(() => client?.captureAi?.(event, properties, options))
    },

    /** @returns {Promise<Outcome>} */
    async flush() {
      const flushed = await client?.flush()
      return degraded ? failed(500, degraded) : { ok: true, delivered: flushed?.delivered ?? 0 }
    },

    /**
     * @param {{ key: string, options: object }} given
     * @returns {Promise<Outcome>}
     */
    async getFeatureFlag({ key, options }) {
      if (!client?.getFeatureFlag) return notImplemented('getFeatureFlag')
      return { ok: true, value: (await client.getFeatureFlag(key, options)) ?? null }
    },

    /** @returns {Promise<Outcome>} */
    async state() {
      const stats = await client?.stats()
      return degraded ? failed(500, degraded) : { ok: true, stats, lastWarning }
    },

    /** What this version of the library can do. @returns {Outcome} */
    features: () => ({
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

/**
 * @param {number} status
 * @param {string} reason
 * @returns {Failed}
 */
const failed = (status, reason) => ({ ok: false, status, reason })

/** @param {string} method */
const notImplemented = (method) => failed(501, `not implemented: the client has no ${method}()`)
