/**
 * What the site's options remove from the addresses that events name, before hooks, listeners and the caller get the
 * event, as in posthog-js. The client's own `mask` (see config.ts) masks once more when the event is written: what
 * hooks have added, the person's first addresses and web vitals.
 */

import { safely, stringsOf } from './self'
import type { PostHogConfig } from './types'

/** Properties with an address of a page. */
const ADDRESSES = /^\$(initial_|session_entry_|prev_pageview_)?(current_url|referrer|url)$/

/** Click ids, by which advertisers know a person. */
export const PERSONAL = [
  ...['gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'twclid', 'li_fat_id', 'igshid'],
  ...['ttclid', 'rdt_cid', 'epik', 'qclid', 'sccid', 'irclid', '_kx'],
]

const MASK = '<masked>'

export function cleanAddress(config: PostHogConfig, name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !ADDRESSES.test(name)) return value
  const own = name === '$current_url' && config.get_current_url
  // Without an answer of the site's function, the address as it is would say more than the site wants to.
  const address = own ? (safely(() => own(value), 'get_current_url') ?? '') : value
  const [before = '', hash] = split(String(address), '#')
  const kept = hash === undefined || config.disable_capture_url_hashes ? '' : `#${hash}`
  return maskQuery(config, before) + kept
}

function maskQuery(config: PostHogConfig, address: string): string {
  const [path = '', query] = split(address, '?')
  if (query === undefined || !config.mask_personal_data_properties) return address
  const masked = new Set([...PERSONAL, ...stringsOf(config.custom_personal_data_properties)])
  const parts = query.split('&').map((part) => {
    const [name = ''] = part.split('=')
    return masked.has(name) ? `${name}=${MASK}` : part
  })
  return `${path}?${parts.join('&')}`
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
