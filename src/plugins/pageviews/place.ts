/** Which page of a site an address is: what of the address counts is for the site to say. */

/** A part of the address, as `location` names it. */
export type AddressPart = 'pathname' | 'search' | 'hash'

export const PARTS: readonly AddressPart[] = ['pathname', 'search', 'hash']

export type Address = Pick<Location, AddressPart>

/**
 * Whether `to` is another page than `from`; never while there is no page to differ from. What else of the address
 * changes, such as a router's own state, is no navigation.
 */
export const isOther = (parts: readonly AddressPart[], from: Address | undefined, to: Address): boolean =>
  parts.some((part) => from && from[part] !== to[part])
