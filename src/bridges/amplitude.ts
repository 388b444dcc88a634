/**
 * Amplitude's events over a relay.
 *
 * @packageDocumentation
 */

import { addressOf, type BridgeOptions, type Handover, handover, setUp } from './handover'

export type { BridgeOptions } from './handover'

/** A transport of Amplitude's. */
interface Transport {
  send(url: string, payload: object, compress?: boolean): Promise<object | null>
}

/** The parts of Amplitude's configuration that are used here. */
interface Config {
  transportProvider: unknown
  transport?: unknown
  serverUrl?: string | undefined
  serverZone?: string | undefined
  /** `null`: the SDK does not look whether there is a network. */
  offline?: unknown
  flushIntervalMillis: number
}

/** A plugin of Amplitude's, for `amplitude.add`. */
export interface AmplitudePlugin {
  name: string
  type: 'before'
  execute<Event>(event: Event): Promise<Event>
}

/** What Amplitude calls once it knows how it is configured. */
interface WithSetup extends AmplitudePlugin {
  setup(config: Config, client: { flush(): { promise: Promise<unknown> } }): Promise<void>
}

/** Amplitude's servers: https://amplitude.com/docs/apis/analytics/http-v2. */
const SERVERS = { US: 'https://api2.amplitude.com', EU: 'https://api.eu.amplitude.com' }

/** In ms, in place of the SDK's 1,000: what a tab that is killed has not handed over is lost. */
const FLUSH_INTERVAL_MS = 50

/**
 * A plugin that has Amplitude hand its uploads to a relay, offline too. They are on disk a moment after `track`, and count as
 * sent then. What the relay has no place for is sent by Amplitude's own transport. Add it before `init`, and do not call
 * `setTransport`.
 *
 * The time of the upload is left out: Amplitude would take the time that events waited for a wrong clock.
 *
 * @example
 * amplitude.add(amplitudePlugin())
 * amplitude.init(apiKey)
 */
export function amplitudePlugin(options: BridgeOptions = {}): AmplitudePlugin {
  const plugin: WithSetup = {
    name: 'outlast-relay',
    type: 'before',
    async setup(config, client) {
      if (!globalThis.window) return
      const { serverUrl, serverZone, transport } = config
      const headers = (transport as { headers?: Record<string, string> } | undefined)?.headers ?? {}
      const server = serverUrl ? addressOf(serverUrl).origin : serverZone === 'EU' ? SERVERS.EU : SERVERS.US
      const { give, leave } = leavable(
        handover('amplitude', setUp('amplitude', options, [server], Object.keys(headers))),
      )
      config.transportProvider = transportOf(give, headers, config.transportProvider as Transport)
      config.offline = null
      config.flushIntervalMillis = Math.min(config.flushIntervalMillis, FLUSH_INTERVAL_MS)
      addEventListener('pagehide', () => {
        leave()
        // An upload is on its way until the first flush has settled, and the SDK makes one at a time.
        void client.flush().promise.then(() => client.flush())
      })
    },
    execute: async (event) => event,
  }
  return plugin
}

/**
 * A page that is left cannot wait until an upload is on disk, and the SDK makes no other meanwhile: what has been handed over by
 * then counts as stored.
 */
function leavable(hand: Handover): { give: Handover; leave(): void } {
  const open = new Set<() => void>()
  return {
    async give(input, init) {
      let isLeft = () => {}
      const left = new Promise<Response>((resolve) => {
        isLeft = () => resolve(new Response(null, { status: 202 }))
      })
      open.add(isLeft)
      try {
        return await Promise.race([hand(input, init), left])
      } finally {
        open.delete(isLeft)
      }
    },
    leave() {
      for (const isLeft of open) isLeft()
    },
  }
}

function transportOf(give: Handover, headers: Record<string, string>, own: Transport): Transport {
  return {
    async send(url, payload, compress) {
      const body = JSON.stringify({ ...payload, client_upload_time: undefined })
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json', Accept: '*/*' }, body }
      const answer = await give(url, init)
      if (!answer) return own.send(url, payload, compress)
      const { ok, status, statusText: error } = answer
      // A missing field is what makes the SDK give events up, as a person or a hook has asked for.
      // What a server has no room for now, which a relay never says here, it tries again.
      const isLater = status === 429 || status >= 500
      if (!ok)
        return { status: isLater ? 'failed' : 'invalid', statusCode: status, body: { error, missingField: error } }
      const eventsIngested = (payload as { events?: unknown[] }).events?.length ?? 0
      const counts = { eventsIngested, payloadSizeBytes: body.length, serverUploadTime: Date.now() }
      // The status that `track` resolves with once events are sent.
      return { status: 'success', statusCode: 200, body: counts }
    },
  }
}
