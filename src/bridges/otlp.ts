/**
 * OpenTelemetry's spans, log records and metrics over a relay, as OTLP over HTTP.
 *
 * @packageDocumentation
 */

import { type RelayOptions, relay } from '../relay'
import { addressOf, type BridgeOptions, isRefused, refused, setUp, toRelay } from './to-relay'

export type { BridgeOptions } from './to-relay'

/** A serializer of `@opentelemetry/otlp-transformer`, such as `JsonTraceSerializer`. */
export interface OtlpSerializer<Items> {
  /** Gives the bytes of a request; `undefined` for nothing to send, which fails the export. */
  serializeRequest(items: Items): Uint8Array | undefined
}

/** Options of `otlpExporter`: those of `relay`, and the two of OpenTelemetry's own exporters. */
export interface OtlpOptions extends Omit<BridgeOptions, 'headers'> {
  /**
   * The address of the signal; in a page a path of its origin will do too. It has no default: for what is no address
   * `otlpExporter` throws a `TypeError`.
   *
   * @example
   * otlpExporter(JsonTraceSerializer, { url: 'https://collector.example.com/v1/traces' })
   */
  url: string
  /**
   * Headers of each request, which are stored with it. Default: the `Content-Type` of JSON. With a serializer for
   * Protobuf name `application/x-protobuf`. A token that is no secret of the site's may be here, any other is better
   * given by a worker: see the relay's `worker.requestHeaders`. A function gives headers at each try, and none of them
   * is stored: see the relay's `headers`.
   *
   * @example
   * otlpExporter(JsonLogsSerializer, { url, headers: { 'x-api-key': key } })
   * otlpExporter(JsonLogsSerializer, { url, headers: async () => ({ Authorization: `Bearer ${await freshToken()}` }) })
   */
  headers?: Record<string, string> | RelayOptions['headers']
}

/** `ExportResult` of `@opentelemetry/core`: 0 is success, 1 is failure. */
export interface OtlpResult {
  /** 0 once the batch is on disk or delivered, 1 where it is neither. */
  code: 0 | 1
  /** Why the export has failed. Absent after a success. */
  error?: Error
}

/** An exporter as span and log record processors take it. */
export interface OtlpExporter<Items> {
  /**
   * Hands a batch over, and calls `done` once it is on disk, or cannot be. Never throws.
   *
   * @example
   * exporter.export(spans, ({ code, error }) => code && console.warn(error))
   */
  export(items: Items, done: (result: OtlpResult) => void): void
  /**
   * Resolves once each batch that was handed over is on disk, or could not be. It waits for no delivery.
   *
   * @example
   * await exporter.forceFlush()
   */
  forceFlush(): Promise<void>
  /**
   * Does as `forceFlush`. The relay goes on to deliver what is on disk.
   *
   * @example
   * await exporter.shutdown()
   */
  shutdown(): Promise<void>
}

const TYPE = 'content-type'
const JSON_TYPE = 'application/json'

/**
 * Makes an exporter in place of `OTLPTraceExporter` or `OTLPLogExporter`, which take no transport. A batch is on disk a
 * moment after it is exported, and counts as exported then. What the relay has no place for is sent once by `fetch`.
 *
 * @param serializer one of `@opentelemetry/otlp-transformer`
 * @example
 * import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
 * const exporter = otlpExporter(JsonTraceSerializer, { url: 'https://collector.example.com/v1/traces' })
 * new SimpleSpanProcessor({ exporter }) // of `sdk-trace-base` and `sdk-trace-web`: new SimpleSpanProcessor(exporter)
 */
export function otlpExporter<Items>(serializer: OtlpSerializer<Items>, options: OtlpOptions): OtlpExporter<Items> {
  const { url, headers, ...more } = options
  const [source, fixed = {}] = typeof headers === 'function' ? [headers] : [undefined, headers]
  // `Headers` knows the name in any case: a site may write it in lower case.
  const all = new Headers(fixed)
  if (!all.has(TYPE)) all.set(TYPE, JSON_TYPE)
  const isText = all.get(TYPE) === JSON_TYPE
  const address = addressOf(url)
  const set = setUp('otlp', { ...more, headers: source }, [address.origin], Object.keys(fixed))
  const durable = relay(set)
  const give = toRelay('otlp', set, durable, sendAlone)
  const open = new Set<Promise<void>>()

  async function send(items: Items): Promise<OtlpResult> {
    const bytes = serializer.serializeRequest(items)
    if (!bytes) return { code: 1, error: new Error('nothing to send') }
    // A text is stored as it is, and can be compressed.
    const body = isText ? new TextDecoder().decode(bytes) : (bytes as BodyInit)
    const init = { method: 'POST', headers: all, body }
    const { ok, status, statusText } = (await give(address, init)) ?? (await sendAlone(address, init))
    return ok ? { code: 0 } : { code: 1, error: new Error(`status ${status} ${statusText}`) }
  }

  /**
   * Sends by `fetch` what the relay has no place for, with the headers that the relay would have asked `source` for.
   */
  async function sendAlone(to: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const both = new Headers(init?.headers)
    for (const [name, value] of Object.entries((await source?.(new URL(`${to}`).origin)) ?? {})) both.set(name, value)
    // The person may have refused meanwhile.
    return isRefused(set, durable) ? refused('opted_out') : fetch(to, { ...init, headers: both })
  }

  async function settled(): Promise<void> {
    await Promise.all(open)
  }

  return {
    export(items, done) {
      const task: Promise<void> = send(items)
        .catch((error): OtlpResult => ({ code: 1, error: error instanceof Error ? error : new Error(`${error}`) }))
        .then(done)
        .finally(() => open.delete(task))
      open.add(task)
    },
    forceFlush: settled,
    shutdown: settled,
  }
}
