import { gunzipSync, inflateSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { fflateCompress } from './fflate'
import { platformCompressor } from './gzip'

const text = '{"batch":["ünïcödé 🎉"]}'.repeat(50)
const unpack = { gzip: gunzipSync, deflate: inflateSync }

afterEach(() => {
  vi.unstubAllGlobals()
})

test.each(['gzip', 'deflate'] as const)('%s of the platform and of the fallback can be unpacked', async (encoding) => {
  for (const bytes of [await platformCompressor()(text, encoding), fflateCompress(text, encoding)]) {
    expect(unpack[encoding](bytes ?? new Uint8Array()).toString()).toBe(text)
    expect(bytes?.length).toBeLessThan(text.length)
  }
})

test('an empty text is no mistake', async () => {
  const bytes = await platformCompressor()('', 'gzip')
  expect(gunzipSync(bytes ?? new Uint8Array()).toString()).toBe('')
})

/** A CompressionStream that does this. */
function stub(transform: Transformer['transform'], flush?: Transformer['flush']) {
  vi.stubGlobal(
    'CompressionStream',
    class {
      constructor() {
        // biome-ignore lint/correctness/noConstructorReturn: a class is what the platform has
        return new TransformStream({ ...(transform ? { transform } : {}), ...(flush ? { flush } : {}) })
      }
    },
  )
}

const broken: [string, () => void][] = [
  ['is missing', () => vi.stubGlobal('CompressionStream', undefined)],
  [
    'throws',
    () =>
      vi.stubGlobal(
        'CompressionStream',
        class {
          constructor() {
            throw new TypeError('no')
          }
        },
      ),
  ],
  ['writes garbage (Safari 16.4)', () => stub((chunk, controller) => controller.enqueue(chunk))],
  ['writes nothing', () => stub(() => undefined)],
  [
    'writes the magic bytes alone',
    () =>
      stub(
        () => undefined,
        (controller) => controller.enqueue(new Uint8Array([31, 139])),
      ),
  ],
  ['fails while it writes', () => stub((_, controller) => controller.error(new Error('no')))],
]

test.each(broken)('a CompressionStream that %s gives way to the fallback', async (_, breakIt) => {
  breakIt()
  const bytes = await platformCompressor(async (...given) => fflateCompress(...given))(text, 'gzip')
  expect(gunzipSync(bytes ?? new Uint8Array()).toString()).toBe(text)
})

test.each(broken)('a CompressionStream that %s and no fallback leave the text as it is', async (_, breakIt) => {
  breakIt()
  expect(await platformCompressor()(text, 'gzip')).toBeUndefined()
})
