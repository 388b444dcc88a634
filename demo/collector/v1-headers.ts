import type { IncomingHttpHeaders } from 'node:http'
import type { Encoding } from './body'
import { canonicalUuid, instantOf, tokenFault } from './fields'
import { type Reply, v1Error } from './v1-errors'

interface V1Context {
  encoding: Encoding | null
  attempt: number
  requestId: string
  sdk: string
}

const REQUIRED = [
  'content-type',
  'user-agent',
  'posthog-sdk-info',
  'posthog-attempt',
  'posthog-request-id',
  'posthog-request-timestamp',
]
const MAX_ATTEMPT = 2 ** 32 - 1

/**
 * In the real server's order, which decides the status when several headers are wrong at once. zstd is missing:
 * Node 20 cannot decode it.
 */
export function checkV1Headers(
  headers: IncomingHttpHeaders,
): { ok: true; context: V1Context } | { ok: false; reply: Reply } {
  const header = (name: string) => String(headers[name] ?? '')
  const refuse = (status: number, tag: string, text: string) =>
    ({ ok: false, reply: v1Error(status, tag, text) }) as const

  if (headers.authorization === undefined) {
    return refuse(401, 'missing_authorization', 'request is missing the Authorization header')
  }
  const missing = REQUIRED.filter((name) => headers[name] === undefined)
  if (missing.length > 0) {
    return refuse(400, 'missing_required_headers', `request is missing required headers: ${missing.join(', ')}`)
  }
  const bearer = /^bearer (.+)$/i.exec(headers.authorization)
  if (!bearer) return refuse(400, 'invalid_header_value', 'Authorization must use Bearer scheme')
  if (tokenFault((bearer[1] ?? '').trim())) {
    return refuse(401, 'invalid_api_token', 'The provided API token is not valid.')
  }
  const mime = header('content-type').split(';')[0]?.trim().toLowerCase()
  if (mime !== 'application/json') {
    return refuse(415, 'unsupported_content_type', `unsupported content type: ${header('content-type')}`)
  }
  const encoding = header('content-encoding').toLowerCase()
  if (headers['content-encoding'] !== undefined && !isEncoding(encoding)) {
    return refuse(415, 'unsupported_encoding', `unsupported content encoding: ${encoding}`)
  }
  if (!canonicalUuid(header('posthog-request-id'))) {
    return refuse(400, 'invalid_header_value', 'PostHog-Request-Id is not a valid UUID')
  }
  const attempt = Number(header('posthog-attempt'))
  if (!/^\+?\d+$/.test(header('posthog-attempt')) || attempt < 1 || attempt > MAX_ATTEMPT) {
    return refuse(400, 'invalid_header_value', 'PostHog-Attempt must be a positive integer')
  }
  if (instantOf(header('posthog-request-timestamp')) === undefined) {
    return refuse(400, 'invalid_header_value', 'PostHog-Request-Timestamp is not valid RFC 3339')
  }
  return {
    ok: true,
    context: {
      encoding: isEncoding(encoding) ? encoding : null,
      attempt,
      requestId: header('posthog-request-id'),
      sdk: header('posthog-sdk-info'),
    },
  }
}

const isEncoding = (text: string): text is Encoding => text === 'gzip' || text === 'deflate' || text === 'br'
