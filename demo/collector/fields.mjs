// @ts-check
/**
 * What single fields may hold, as the capture service judges them. Shared by both protocols.
 */

const HYPHENATED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** Deeper JSON is refused: the real parser (serde_json) stops at this depth. */
export const MAX_DEPTH = 128

/**
 * The four spellings the real server's UUID parser reads, brought to the one that answers are keyed by.
 * @param {string} text
 * @returns {string | undefined}
 */
export function canonicalUuid(text) {
  let uuid = text.toLowerCase()
  if (uuid.startsWith('urn:uuid:')) uuid = uuid.slice('urn:uuid:'.length)
  else if (uuid.startsWith('{') && uuid.endsWith('}')) uuid = uuid.slice(1, -1)
  if (/^[0-9a-f]{32}$/.test(uuid)) uuid = uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return HYPHENATED.test(uuid) ? uuid : undefined
}

/**
 * `Date.parse` alone reads far too much ("3" is a day in 2001), and rolls 30 February over into March.
 * @param {string} text
 * @returns {number | undefined} milliseconds since the epoch, within what a timestamptz column can hold
 */
export function instantOf(text) {
  const match = RFC3339.exec(text)
  if (!match) return undefined
  const [, year, month, day] = match.map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day))
  if (date.getUTCDate() !== day) return undefined
  const instant = Date.parse(text.toUpperCase().replace(' ', 'T'))
  return instant >= EARLIEST && instant <= LATEST ? instant : undefined
}

/**
 * @param {string} token
 * @returns {string | undefined} why the project token is refused; undefined when it is fine
 */
export function tokenFault(token) {
  if (token === '') return 'empty'
  if (token.length > 64) return 'too_long'
  if (token.includes('\0')) return 'null_byte'
  if (byteLength(token) !== token.length) return 'not_ascii'
  if (token.startsWith('phx_')) return 'personal_api_key'
  return undefined
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param {string} text */
export const byteLength = (text) => Buffer.byteLength(text, 'utf8')
