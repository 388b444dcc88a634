import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * The control API changes what the collector does, so a page of some other site, open in the same browser, must not
 * reach it. Tools without an Origin (curl, tests) may.
 *
 * @returns why the request is refused; undefined when it may go on
 */
export function controlFault(headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers
  // A name that its owner can point at 127.0.0.1 (DNS rebinding) makes a foreign page look like our own.
  const target = host === undefined ? undefined : hostnameOf(`http://${host}`)
  if (target === undefined || !(isLoopback(target) || isIP(unbracketed(target)))) return `host ${host} is not local`
  if (origin === undefined) {
    return headers['sec-fetch-site'] === 'cross-site' ? 'cross-site request' : undefined
  }
  const page = hostnameOf(origin)
  if (page === undefined) return `origin ${origin} is not local`
  return isLoopback(page) || new URL(origin).host === host ? undefined : `origin ${origin} is not local`
}

/** @param headers of a request that passed the check above */
export function controlCorsHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  if (headers.origin === undefined) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': headers.origin,
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Content-Type',
  }
}

function isLoopback(hostname: string) {
  const bare = unbracketed(hostname)
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || /^127\.\d+\.\d+\.\d+$/.test(bare)
}

function hostnameOf(url: string) {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

const unbracketed = (hostname: string) => hostname.replace(/^\[|\]$/g, '')
