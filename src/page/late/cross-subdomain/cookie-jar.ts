/** The one cookie of a project on the site's registrable domain, and why there may be none. */

import { cookieName, MAX_COOKIE } from './cookie-text'

export interface CookieJar {
  readonly name: string
  /** The most characters that a value may have. */
  readonly room: number
  /** All cookies that this page sees, as text. Never throws. */
  read(): string
  /** Writes the cookie. Returns whether the browser has taken it. */
  write(value: string): boolean
}

/**
 * The document, as far as it keeps cookies. To read or write them may throw, in a frame that is sandboxed for example.
 */
export interface Cookies {
  cookie: string
}

/** A year, in s. Safari keeps what a script writes for 7 days at most. */
const LIFETIME_S = 31_536_000

/** How long in s a cookie lives that only tries a domain, should the page end before the cookie is removed. */
const TRIED_S = 10

const ATTRIBUTES = 'Path=/; Secure; SameSite=Lax'

/** @returns the jar; or why there can be no cookie, with what helps, as the end of a sentence */
export function openCookieJar(
  apiKey: string,
  { hostname, isSecure }: { hostname: string; isSecure: boolean },
  cookies: Cookies,
  newId: () => string,
): CookieJar | string {
  const name = cookieName(apiKey)
  const room = MAX_COOKIE - name.length
  const read = () => readFrom(cookies)
  function set(text: string): void {
    cookies.cookie = text
  }
  try {
    // A sandboxed frame throws at this.
    void cookies.cookie
    const domain = registrableDomain(hostname, set, read, newId())
    if (domain === undefined) return whyNot(hostname, isSecure)
    return {
      name,
      room,
      read,
      write(value) {
        try {
          set(`${name}=${value}; Domain=${domain}; Max-Age=${LIFETIME_S}; ${ATTRIBUTES}`)
        } catch {
          // Whether the browser has taken the cookie is read below, after an error too.
        }
        return read().split(/; */).includes(`${name}=${value}`)
      },
    }
  } catch {
    return 'this page may have no cookies, as in a sandboxed frame: give the frame allow-same-origin, or leave the option out there'
  }
}

function readFrom(cookies: Cookies): string {
  try {
    return cookies.cookie
  } catch {
    // A page that may not read cookies has none.
    return ''
  }
}

/**
 * The shortest end of the host's name for which the browser takes a cookie: the browser knows which ends are public,
 * such as `co.uk`, and refuses those. A list of public ends would be long, and soon outdated.
 */
function registrableDomain(
  hostname: string,
  set: (text: string) => void,
  read: () => string,
  id: string,
): string | undefined {
  if (isAddress(hostname)) return undefined
  const labels = hostname.split('.')
  const tried = `outlast_try_${id}`
  for (let count = 2; count <= labels.length; count++) {
    const domain = labels.slice(-count).join('.')
    set(`${tried}=1; Domain=${domain}; Max-Age=${TRIED_S}; ${ATTRIBUTES}`)
    if (!read().includes(tried)) continue
    set(`${tried}=; Domain=${domain}; Max-Age=0; ${ATTRIBUTES}`)
    return domain
  }
  return undefined
}

const isAddress = (hostname: string) => /^[\d.]+$|:/.test(hostname)

function whyNot(hostname: string, isSecure: boolean): string {
  if (hostname === '' || isAddress(hostname) || !hostname.includes('.'))
    return `"${hostname}" has no subdomains that could share a cookie: use a name such as www.example.com, or www.example.localhost on your machine`
  if (!isSecure)
    return `the page is not served over https, and the cookie is for https alone: serve the site over https`
  return `the browser takes no cookie for ${hostname}: it may take one over https alone, as Safari does on localhost too, have cookies switched off, or every site may have a name below that one`
}
