/** Compresses a request's body and names the encoding where the endpoint looks for it. */

import type { Compressor, WireRequest } from '../base/ports'
import type { QueueConfig } from '../config/queue-config'
import type { WireFormat } from '../event/event'

/**
 * Where headers would cost a preflight, the query names the encoding instead, which v0 reads (docs/protocol.md §1.2).
 * A body that cannot be compressed is sent as it is, and neither names an encoding.
 */
export async function compressed(
  request: WireRequest & { body: string },
  format: WireFormat,
  { style, settings }: QueueConfig,
  compress: Compressor,
): Promise<WireRequest> {
  if (settings.compression === 'none') return request
  const encoding = format === 'v1' ? settings.compression : 'gzip'
  const bytes = await compress(request.body, encoding).catch(() => undefined)
  if (!bytes) return request
  if (style === 'simple' && format !== 'v1') {
    return { ...request, url: `${request.url}?compression=gzip-js`, body: bytes }
  }
  return { ...request, headers: { ...request.headers, 'Content-Encoding': encoding }, body: bytes }
}
