/**
 * The parts of the peers' packages that are used here. The packages are no part of the library's own install, so the
 * types that they bring are not there when types are checked. `paths` in tsconfig.json leads here for all of them.
 */

/** The bundle gives it this name: the peer that is measured. */
declare module 'peer' {
  export function start(
    config: import('./peer').PeerConfig,
  ): import('./peer').PeerClient | Promise<import('./peer').PeerClient>
}

declare module '@amplitude/analytics-browser' {
  export const Types: { LogLevel: { None: number } }
  export function init(apiKey: string, options: object): { promise: Promise<void> }
  export function track(name: string, properties: object): void
  export function setTransport(transport: 'beacon'): void
  export function flush(): void
  export function add(plugin: object): void
}

declare module 'mixpanel-browser/src/loaders/loader-module-core' {
  const mixpanel: {
    init(token: string, options: object): void
    track(name: string, properties: object): void
  }
  export default mixpanel
}

declare module '@rudderstack/analytics-js/bundled' {
  export class RudderAnalytics {
    load(writeKey: string, dataPlane: string, options: object): void
    ready(callback: () => void): void
    track(name: string, properties: object): void
  }
}

declare module '@segment/analytics-next' {
  interface Analytics {
    ready(): Promise<unknown>
    track(name: string, properties: object): Promise<unknown>
  }
  export const AnalyticsBrowser: { load(settings: object, options: object): Analytics }
}

declare module '@sentry/browser' {
  interface Integration {
    name: string
  }
  export function init(options: {
    dsn: string
    transport: unknown
    transportOptions: object
    integrations: (all: Integration[]) => Integration[]
  }): void
  export function captureMessage(message: string, context: { extra: object }): void
  export function makeFetchTransport(options: object): unknown
  export function makeBrowserOfflineTransport(make: typeof makeFetchTransport): unknown
}

declare module '@opentelemetry/exporter-trace-otlp-http' {
  export class OTLPTraceExporter {
    constructor(options: { url: string })
  }
}

declare module '@opentelemetry/otlp-transformer' {
  export const JsonTraceSerializer: { serializeRequest(items: unknown): Uint8Array | undefined }
}

declare module '@opentelemetry/sdk-trace' {
  interface Tracer {
    startSpan(name: string, options: { attributes: object }): { end(): void }
  }
  export class BatchSpanProcessor {
    constructor(options: { exporter: object })
  }
  export class SimpleSpanProcessor {
    constructor(options: { exporter: object })
  }
  export class TracerProvider {
    constructor(options: { spanProcessors: object[] })
    getTracer(name: string): Tracer
  }
}

declare module '@snowplow/browser-tracker' {
  export function newTracker(name: string, endpoint: string, options: object): void
  export function trackSelfDescribingEvent(event: { event: { schema: string; data: object } }): void
}

declare module 'workbox-background-sync' {
  export class BackgroundSyncPlugin {
    constructor(name: string, options: { maxRetentionTime: number })
  }
}

declare module 'workbox-core' {
  export function clientsClaim(): void
}

declare module 'workbox-routing' {
  export function registerRoute(match: (request: { url: URL }) => boolean, handler: unknown, method: string): void
}

declare module 'workbox-strategies' {
  export class NetworkOnly {
    constructor(options: { plugins: unknown[] })
  }
}
