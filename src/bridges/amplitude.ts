/**
 * Amplitude's events over a relay.
 *
 * @packageDocumentation
 */

import { addressOf, type BridgeOptions, setUp, type ToRelay, toRelay } from './to-relay'

export type { BridgeOptions } from './to-relay'

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
  /** By which Amplitude knows the plugin: `'outlast-relay'`. */
  name: string
  /** When Amplitude calls the plugin: before its destinations. */
  type: 'before'
  /** Gives each event back as it is. */
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
 * A plugin that has Amplitude hand its uploads to a relay, offline too. They are on disk a moment after `track`, and
 * count as sent then. What the relay has no place for is sent by Amplitude's own transport. Add it before `init`, and
 * do not call `setTransport`.
 *
 * The time of the upload is left out: Amplitude's server takes the time from there to the arrival for an error of the
 * device's clock, and it is the time that the events have waited.
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
        toRelay('amplitude', setUp('amplitude', options, [server], Object.keys(headers))),
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
 * A page that is left cannot wait until an upload is on disk, and the SDK makes no second upload meanwhile: what has
 * been handed over by then counts as stored.
 */
function leavable(hand: ToRelay): { give: ToRelay; leave(): void } {
  const open = new Set<() => void>()
  return {
    async give(input, init) {
      let letGo = () => {}
      const left = new Promise<Response>((resolve) => {
        letGo = () => resolve(new Response(null, { status: 202 }))
      })
      open.add(letGo)
      try {
        return await Promise.race([hand(input, init), left])
      } finally {
        open.delete(letGo)
      }
    },
    leave() {
      for (const letGo of open) letGo()
    },
  }
}

function transportOf(give: ToRelay, headers: Record<string, string>, own: Transport): Transport {
  return {
    async send(url, payload, compress) {
      const body = JSON.stringify({ ...payload, client_upload_time: undefined })
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json', Accept: '*/*' }, body }
      const answer = await give(url, init)
      if (!answer) return own.send(url, payload, compress)
      const { ok, status, statusText: error } = answer
      // The SDK gives events up where an answer names a missing field, as a person or a hook has asked for. The SDK
      // tries again after 429 and 5xx. Only a server answers so: what the relay has no room for is not answered here.
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
