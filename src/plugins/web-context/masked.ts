/**
 * What is read of an address where the site has a mask. The client's own mask is in code that loads late, and goes by
 * the names of properties; campaign parameters become properties of other names, and arrivals are kept on the device.
 * So nothing is read but what no mask hides: the address up to a parameter, in its path too, query or hash, and the
 * campaign parameters that the mask does not name.
 */

import { isObject } from '../../core/base/values'
import { CAMPAIGN_PARAMS, campaignOf, queryOf } from './arrival'
import { tried } from './tried'

/** A value in which there could be a parameter of its own, or a password. */
const NESTED = /[=%{@]/

/** @param mask the option of the client, as the site gave it */
export function readerFor(mask: unknown): (address: string) => string {
  if (!mask) return (address) => address
  const names = tried(() => namesIn(mask))
  const params = CAMPAIGN_PARAMS.filter((name) => names && !names.includes(name))
  return (address) => {
    const query = queryOf(campaignOf(address, params), (value) => value !== null && !NESTED.test(String(value)))
    return address.replace(/[?#;].*/s, '').replace(/\/\/[^/]*@/, '//') + query
  }
}

/**
 * The names in a mask, in small letters; none for a mask that cannot be used, which hides all: as
 * `client/late/masking.ts` reads it. Throws for a mask of other values than these, and where a getter does.
 */
function namesIn(mask: unknown): string[] | undefined {
  const given = isObject(mask) ? mask : { queryParams: (mask as string).split(',') }
  // An array has a length, and is no mask.
  const { queryParams, hash = false, length, ...unknown } = given
  const list = queryParams === 'secrets' ? [] : ((queryParams ?? []) as string[])
  const names = list.map((name) => name.trim().toLowerCase())
  const isUsable = typeof hash === 'boolean' && !names.includes('') && length === undefined && !Object.keys(unknown)[0]
  return isUsable ? names : undefined
}
