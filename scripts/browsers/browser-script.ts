/** TypeScript files as a browser takes them, for files that run both in Node and in a page that nothing bundles. */

import { readFile } from 'node:fs/promises'
import { build, transformWithOxc } from 'vite'
import { root } from '../paths'

/** The file without its types. Its imports stay as they are. */
export async function browserScript(file: string): Promise<string> {
  const { code } = await transformWithOxc(await readFile(file, 'utf8'), file, { sourcemap: false })
  return code
}

/** The file as one module, with all that it imports. */
export async function browserBundle(file: string): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: { write: false, target: 'es2022', minify: false, lib: { entry: file, formats: ['es'] } },
  })
  const chunks = [result].flat().flatMap((one) => ('output' in one ? one.output : []))
  const [chunk] = chunks
  if (chunks.length !== 1 || chunk?.type !== 'chunk') throw new Error(`${file} is not one module`)
  return chunk.code
}
