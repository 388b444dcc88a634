/** What single fields may hold, as the capture service judges them. Shared by both protocols. */

const HYPHENATED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** Deeper JSON is refused: the real parser (serde_json) stops at this depth. */
export const MAX_DEPTH = 128

/** The four spellings the real server's UUID parser reads, brought to the one that answers are keyed by. */
export function canonicalUuid(text: string): string | undefined {
  let uuid = text.toLowerCase()
  if (uuid.startsWith('urn:uuid:')) uuid = uuid.slice('urn:uuid:'.length)
  else if (uuid.startsWith('{') && uuid.endsWith('}')) uuid = uuid.slice(1, -1)
  if (/^[0-9a-f]{32}$/.test(uuid)) uuid = uuid.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return HYPHENATED.test(uuid) ? uuid : undefined
}

/**
 * `Date.parse` alone reads far too much ("3" is a day in 2001), and rolls 30 February over into March.
 *
 * @returns milliseconds since the epoch, within what a timestamptz column can hold
 */
export function instantOf(text: string): number | undefined {
  const match = RFC3339.exec(text)
  if (!match) return undefined
  const [, year, month, day] = match.map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day))
  if (date.getUTCDate() !== day) return undefined
  const instant = Date.parse(text.toUpperCase().replace(' ', 'T'))
  return instant >= EARLIEST && instant <= LATEST ? instant : undefined
}

/** @returns why the project token is refused; undefined when it is fine */
export function tokenFault(token: string): string | undefined {
  if (token === '') return 'empty'
  if (token.length > 64) return 'too_long'
  if (token.includes('\0')) return 'null_byte'
  if (byteLength(token) !== token.length) return 'not_ascii'
  if (token.startsWith('phx_')) return 'personal_api_key'
  return undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const byteLength = (text: string) => Buffer.byteLength(text, 'utf8')
