/**
 * What is read of an address where the site has a mask. The client's own mask is in code that loads late, and goes by the names of
 * properties; campaign parameters become properties of other names, and arrivals are kept on the device. So nothing is read
 * but what no mask hides: the address without query and hash, and the campaign parameters that the mask does not name.
 */

import { isObject, isText } from '../../core/base/values'
import { CAMPAIGN_PARAMS, campaignOf, only } from './arrival'

/** A value in which there could be a parameter of its own, or a password. */
const NESTED = /[=%{@]/

/** @param mask the option of the client, as the site gave it */
export function readerFor(mask: unknown): (address: string) => string {
  if (!mask) return (address) => address
  const names = namesIn(mask)
  const params = CAMPAIGN_PARAMS.filter((name) => names && !names.includes(name))
  return (address) => {
    const said = only(campaignOf(address, params), (value) => value !== null && !NESTED.test(String(value)))
    const query = String(new URLSearchParams(said as Record<string, string>))
    return address.replace(/[?#].*/s, '').replace(/\/\/[^/]*@/, '//') + (query && `?${query}`)
  }
}

/** The names in a mask, in small letters; none for a mask that cannot be used, which hides all. */
function namesIn(mask: unknown): string[] | undefined {
  const given = isObject(mask) ? mask : { queryParams: isText(mask) && mask.split(',') }
  const { queryParams = [], hash = false, ...unknown } = given
  const names: unknown[] = [queryParams].flat()
  const isUsable = names.every(isText) && typeof hash === 'boolean' && !Object.keys(unknown)[0]
  return isUsable ? names.map((name) => String(name).trim().toLowerCase()) : undefined
}
