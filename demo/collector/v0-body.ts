import { decompress, isGzip, parseJson } from './body'

/** Decompressed; the compressed body is bounded by the same number. */
export const V0_LIMIT = 20 * 1024 * 1024

interface V0Source {
  bytes: Buffer
  contentType: string
  contentEncoding: string
  query: URLSearchParams
}
interface Decoded {
  ok: true
  value: unknown
  encoding: string | null
}
interface Undecoded {
  ok: false
  status: number
  message: string
  encoding: string | null
}

/**
 * Undoes what a client may have done to its JSON: a form, base64, gzip, in the order in which the real server
 * believes the hints (query, form field, header). Gzip is recognised by its magic bytes whatever the hint says.
 */
export async function decodeV0({ bytes, contentType, contentEncoding, query }: V0Source): Promise<Decoded | Undecoded> {
  const form = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType)
    ? new URLSearchParams(bytes.toString('latin1'))
    : undefined
  const hint = (query.get('compression') ?? form?.get('compression') ?? contentEncoding).toLowerCase()
  const data = form?.get('data')
  const encoded = form && data !== undefined && data !== null ? Buffer.from(data, 'utf8') : bytes
  return unwrap(encoded, hint, form !== undefined)
}

/** A GET carries its payload in `data`. */
export function decodeV0Query(query: URLSearchParams): Promise<Decoded | Undecoded> {
  return unwrap(Buffer.from(query.get('data') ?? '', 'utf8'), query.get('compression') ?? '', true)
}

/** @param guessBase64 forms may carry base64 without saying so */
async function unwrap(bytes: Buffer, hint: string, guessBase64: boolean): Promise<Decoded | Undecoded> {
  if (hint === 'lz64' || hint === 'lz-string') {
    return undecoded(400, 'failed to decode request: lz-string is not supported', null)
  }
  let payload = bytes
  let encoding = null
  const looksLikeJson = /^\s*[[{]/.test(bytes.subarray(0, 64).toString('latin1'))
  if (!isGzip(payload) && !looksLikeJson && (guessBase64 || hint === 'base64' || hint === 'b64')) {
    const text = payload.toString('latin1').replaceAll(' ', '+')
    if (!/^[\w+/=\r\n-]+$/.test(text)) return undecoded(400, 'failed to decode request: not base64', null)
    payload = Buffer.from(text, 'base64')
    encoding = 'base64'
  }
  if (isGzip(payload)) {
    const inflated = await decompress(payload, 'gzip', V0_LIMIT)
    encoding = 'gzip'
    if (!inflated.ok) {
      return inflated.reason === 'too_large'
        ? undecoded(413, 'maximum event size exceeded', encoding)
        : undecoded(400, `failed to decode request: ${inflated.detail}`, encoding)
    }
    payload = inflated.bytes
  } else if (encoding === null && (hint === 'gzip' || hint === 'gzip-js')) {
    return undecoded(400, 'failed to decode request: not gzip', null)
  }
  const parsed = parseJson(payload)
  if (!parsed.ok) return undecoded(400, `failed to parse request: ${parsed.detail}`, encoding)
  return { ok: true, value: parsed.value, encoding }
}

const undecoded = (status: number, message: string, encoding: string | null): Undecoded => ({
  ok: false,
  status,
  message,
  encoding,
})
