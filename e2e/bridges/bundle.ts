/** The page of an SDK as a site's own build would make it: the SDK and its page in one file, the library beside it. */

import path from 'node:path'
import { build, type Rolldown } from 'vite'
import { root } from '../../scripts/paths'

const made = new Map<string, Promise<string>>()

/** @returns JavaScript */
export function sdkPage(name: string): Promise<string> {
  const known = made.get(name) ?? bundle(name)
  made.set(name, known)
  return known
}

async function bundle(name: string): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'built-library',
        enforce: 'pre',
        resolveId: (source) => {
          const [, bridge] = /src\/bridges\/(\w+)$/.exec(source) ?? []
          return bridge ? { id: `/outlast/relay-${bridge}.js`, external: true } : null
        },
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      rolldownOptions: {
        input: path.join(root, `e2e/bridges/pages/${name}.ts`),
        output: { format: 'es', codeSplitting: false },
      },
    },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput
  return output[0].code
}
