/** What the option `mask` leaves out of addresses. */

import { isObject, isText, show } from '../../core/base/values'
import type { Writing } from '../../core/event/write-json'
import type { Mask } from '../types'

export type Masking = Pick<Writing, 'textFor' | 'nameFor'>

/** What stands in place of a value, as in posthog-js. */
const MASKED = '<masked>'

/**
 * Names of properties that hold the address of a page, a link or a file, or its path: posthog-js's, and any other name
 * of that form.
 */
const ADDRESS = /(ur[li]|href|referrer|filename|chain|location|pathname)s?$|^attr__/i

/** The word for all names that are known to hold secrets. */
const SECRETS = 'secrets'

/**
 * Names of secrets, in small letters and without `_`, `-` and the like: the first list has endings, the second whole
 * names.
 */
const SECRET =
  /(token|secrets?|password|passwd|passphrase|passcode|pwd|signature|apikey|accesskey|privatekey|credentials?|sessionid|jwt)$|^(auth|authorization|authcode|code|codeverifier|otp|totp|pin|pass|key|sig|hmac|session|sid|ticket|nonce|state|assertion|samlresponse|samlrequest|invite|invitation|magic)$/

/**
 * How deep an address is looked for in a parameter of another address, such as the page to go back to after a sign-in.
 * A value that is deeper is masked if it has a `=` or a `%`.
 */
const MAX_NESTED = 4

/**
 * The attributes in posthog-js's text of an element and the elements around it, except the elements' texts; and which
 * of these attributes are addresses.
 */
const IN_CHAIN = /(?<!\w)((?!text=)[\w-]*=")((?:\\.|[^"\\])*)/g
const IS_LINK = /(href|src|action|url|poster)="$/i

/** Everything that could be masked is: for a mask that cannot be used. */
const ALL: Masks = { hides: () => true, hash: true }

interface Masks {
  /** Whether the value of a parameter of this name is hidden. */
  hides(name: string): boolean
  /** Whether the hash is left out. */
  hash: boolean
}

/** Parses the option. Without the option nothing is masked. An option that cannot be used masks all that a mask can. */
export function readMasking(given: unknown, warn: (message: string) => void): Masking | undefined {
  // A falsy value is no mask, as in the first code.
  if (!given) return undefined
  const masks = parse(given)
  if (typeof masks === 'string') {
    warn(`mask: ${masks}; until it is put right, addresses go without query and hash`)
    return maskingBy(ALL)
  }
  return maskingBy(masks)
}

function parse(option: unknown): Masks | string {
  try {
    const given = typeof option === 'string' ? { queryParams: option.split(','), hash: option.includes('#') } : option
    if (!isObject(given) || Array.isArray(given))
      return `an object with queryParams and hash is needed, got ${show(given)}`
    const { queryParams, hash = false, ...unknown } = given as Mask
    const [other] = Object.keys(unknown)
    if (other !== undefined) return `${show(other)} is no part of it, which are queryParams and hash`
    if (typeof hash !== 'boolean') return `hash is true or false, got ${show(hash)}`
    const names: unknown = queryParams ?? []
    const list: unknown[] = Array.isArray(names) ? [...names] : [names]
    if (!list.every(isText) || (!Array.isArray(names) && names !== SECRETS)) {
      return `queryParams is a list of names, or 'secrets', got ${show(names)}`
    }
    const wanted = new Set((list as string[]).map((name) => name.trim().toLowerCase()))
    const secrets = wanted.has(SECRETS)
    return { hash, hides: (name) => wanted.has(name) || (secrets && SECRET.test(name.replace(/[^a-z0-9]|\d+$/g, ''))) }
  } catch (error) {
    return `it cannot be read (${show(error)})`
  }
}

function maskingBy(masks: Masks): Masking {
  return {
    textFor(text, name) {
      if (!ADDRESS.test(name)) return text
      if (!/chain$/i.test(name)) return maskedAddress(text, masks)
      // The hash is left out of addresses alone: other texts, such as "Issue #5", have no hash.
      return text.replace(
        IN_CHAIN,
        (_, before: string, inner: string) =>
          before + maskedAddress(inner, IS_LINK.test(before) ? masks : { ...masks, hash: false }),
      )
    },
    // Heatmaps of posthog-js have addresses as names.
    nameFor: (name) => (/:\/\//.test(name) ? maskedAddress(name, masks) : name),
  }
}

function maskedAddress(address: string, masks: Masks, depth = 0): string {
  if (masks === ALL) return address.replace(/[?#;].*/s, '').replace(/\/\/[^/]*@/, '//')
  const kept = masks.hash ? address.replace(/#.*/s, '') : address
  return (
    kept
      // The user and the password of an address are no parameters, and are masked in any case.
      .replace(/^(\s*(?:(?:[a-z][\w+.-]*:)+[\\/]+|\/\/))[^\\/?#]*@/i, `$1${MASKED}@`)
      .replace(/([?&#;])([^?&#;=]*)=([^&#]*)/g, (whole: string, mark: string, name: string, value: string) => {
        const plainName = nameOf(name)
        // `user[password]` is a password too.
        const isHidden = [plainName, ...plainName.split(/[^\p{L}\p{N}_-]+/u)].some(
          (part) => part !== '' && masks.hides(part),
        )
        return isHidden || hasSecret(value, masks, depth) ? `${mark}${name}=${MASKED}` : whole
      })
  )
}

/** Whether an address, a query or an object of JSON that is a parameter's value has something in it that is hidden. */
function hasSecret(value: string, masks: Masks, depth: number): boolean {
  if (depth >= MAX_NESTED) return /[=%]/.test(value)
  const inner = decoded(value)
  // A text with a `#` in it, such as a colour, is no address.
  const isAddress = /^(\/|[a-z][\w+.-]*:)/i.test(inner)
  const within = isAddress ? masks : { ...masks, hash: false }
  if ([...inner.matchAll(/"([^"\\]+)"\s*:/g)].some(([, name = '']) => masks.hides(name.toLowerCase()))) return true
  // The value may be a query without an address before it.
  for (const text of [inner, `?${inner}`]) if (maskedAddress(text, within, depth + 1) !== text) return true
  return inner !== value && hasSecret(inner, masks, depth + 1)
}

/** A parameter's name in small letters, without the escapes of addresses and forms. */
function nameOf(written: string): string {
  const spaced = written.replace(/\+/g, ' ')
  try {
    return decodeURIComponent(spaced).trim().toLowerCase()
  } catch {
    // The address was cut within a character, or is of another encoding.
    return decoded(spaced).trim().toLowerCase()
  }
}

/** Decodes the escapes of ASCII alone, so that an address that was cut within a character can be read too. */
const decoded = (text: string) =>
  text.replace(/%([0-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
