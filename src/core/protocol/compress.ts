/** Compresses a request's body and names the encoding where the endpoint looks for it. */

import type { Compressor, WireRequest } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { WireFormat } from '../event/event'

/**
 * Where headers would cost a preflight, the query names the encoding instead, which v0 reads (docs/protocol.md §1.2).
 * A body that cannot be compressed is sent as it is, and neither names an encoding.
 */
export async function compressed(
  request: WireRequest,
  format: WireFormat,
  { style, settings, relay }: QueueConfig,
  compress: Compressor,
): Promise<WireRequest> {
  const { body, headers } = request
  if (settings.compression === 'none' || !isPlain(request)) return request
  const encoding = format === 'v1' || relay ? settings.compression : 'gzip'
  const bytes = await compress(body as string, encoding).catch(() => undefined)
  if (!bytes) return request
  if (style === 'simple' && format !== 'v1' && !relay) {
    return { ...request, url: `${request.url}?compression=gzip-js`, body: bytes }
  }
  return { ...request, headers: { ...headers, 'Content-Encoding': encoding }, body: bytes }
}

/** Whether the body is a text that nothing has encoded yet. A relay's request may have another body, or none. */
const isPlain = ({ headers, body, base64 }: WireRequest): boolean =>
  typeof body === 'string' &&
  body !== '' &&
  !base64 &&
  !Object.keys(headers).some((name) => /^content-encoding$/i.test(name))
