/** A TypeScript file as a browser takes it, for files that run both in Node and in a page that nothing bundles. */

import { readFile } from 'node:fs/promises'
import { transformWithOxc } from 'vite'

/** The file without its types. Its imports stay as they are. */
export async function browserScript(file: string): Promise<string> {
  const { code } = await transformWithOxc(await readFile(file, 'utf8'), file, { sourcemap: false })
  return code
}
