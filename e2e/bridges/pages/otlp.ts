import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { otlpExporter } from '../../../src/bridges/otlp'
import { asked } from './page'

const { host, bridged, options } = asked
const spans = { url: `${host}/v1/traces`, ...options }
const logs = { url: `${host}/v1/logs`, ...options }
const spanExporter = bridged ? otlpExporter(JsonTraceSerializer, spans) : new OTLPTraceExporter(spans)
const logExporter = bridged ? otlpExporter(JsonLogsSerializer, logs) : new OTLPLogExporter(logs)
const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] })
const loggers = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: logExporter })] })
window.sdk = {
  capture(id) {
    tracers.getTracer('site').startSpan(id).end()
    loggers.getLogger('site').emit({ body: id })
  },
  async queued() {
    // Without an end while an export is still on its way.
    const flushed = Promise.all([tracers.forceFlush(), loggers.forceFlush()]).then(() => 0)
    return Promise.race([flushed, new Promise<number>((resolve) => setTimeout(resolve, 1_000, 1))])
  },
}
