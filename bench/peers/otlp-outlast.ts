/** OpenTelemetry as docs/bridges.md sets it up: its exporter hands spans to a relay. */

import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { startWith } from './otlp'
import type { PeerClient, PeerConfig } from './peer'
import { withWorker } from './with-worker'

export async function start(config: PeerConfig): Promise<PeerClient> {
  const { otlpExporter }: typeof import('../../src/bridges/otlp') = await import(
    /* @vite-ignore */ `${location.origin}/outlast/relay-otlp.js`
  )
  return withWorker(
    startWith(
      new SimpleSpanProcessor({ exporter: otlpExporter(JsonTraceSerializer, { url: `${config.host}/v1/traces` }) }),
    ),
    'otlp',
    config,
  )
}
