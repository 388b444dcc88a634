/** The SDKs that a relay has a bridge for: each an entry of the package, `outlast/relay/<name>`. */
export const BRIDGES = ['fetch', 'sentry', 'amplitude', 'segment', 'snowplow', 'otlp'] as const
