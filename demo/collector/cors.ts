import type { IncomingHttpHeaders } from 'node:http'

const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/**
 * As the real service does it: any origin, mirrored, with credentials; nothing exposed, and no
 * Access-Control-Max-Age. So cross-origin pages cannot read Retry-After.
 *
 * @param exposeHeaders as a first-party proxy might
 */
export function corsHeaders(headers: IncomingHttpHeaders, exposeHeaders: boolean): Record<string, string> {
  if (headers.origin === undefined) return { Vary: VARY }
  return {
    Vary: VARY,
    'Access-Control-Allow-Origin': headers.origin,
    'Access-Control-Allow-Credentials': 'true',
    ...(exposeHeaders ? { 'Access-Control-Expose-Headers': 'Retry-After, PostHog-Request-Id, Date' } : {}),
  }
}

export function preflightHeaders(headers: IncomingHttpHeaders, methods: string): Record<string, string> {
  const asked = headers['access-control-request-headers']
  return {
    ...corsHeaders(headers, false),
    'Access-Control-Allow-Methods': methods,
    ...(asked === undefined ? {} : { 'Access-Control-Allow-Headers': asked }),
  }
}
