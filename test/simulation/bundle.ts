/** Bundles the library for simulated contexts, and the simulator for plain Node. Nothing in the tree is changed. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build, type Plugin } from 'vite'
import { root } from '../../scripts/paths'
import { Problem } from '../../scripts/problem'

/** A textual change to one source file while it is bundled. `find` must be in it exactly once. */
export interface Edit {
  file: string
  find: string
  replace: string
}

const room = path.join(root, 'test/simulation')

/** Modules that reach for a platform that is not there, and what stands for them. */
const STAND_INS = new Map([
  ['src/adapters/new-id.ts', 'new-id.ts'],
  ['src/adapters/gzip.ts', 'gzip.ts'],
  ['src/client/late/in-process-channel.ts', 'in-process-channel.ts'],
  // Only a relay imports it: a simulated page has it from `entry.ts`.
  ['src/index.ts', 'init-of-relay.ts'],
])

/** A version of the library whose messages this one does not understand. */
const OTHER_MESSAGES = {
  file: 'src/core/host/messages.ts',
  find: 'export const MESSAGE_VERSION = 1',
  replace: 'export const MESSAGE_VERSION = 2',
}

/** And one that has moved the database on as well. */
const LATER_DATABASE = {
  file: 'src/adapters/open-database.ts',
  find: 'export const DATABASE_VERSION = ',
  replace: 'export const DATABASE_VERSION = 1_000 + ',
}

/** The library as function bodies: this version, one with other messages, and one with a later database too. */
export function bundleVersions(edits: Edit[] = []): Promise<string[]> {
  const versions = [[], [OTHER_MESSAGES], [OTHER_MESSAGES, LATER_DATABASE]]
  return Promise.all(versions.map((changes) => bundleRealm([...edits, ...changes])))
}

async function bundleRealm(edits: Edit[]) {
  for (const edit of edits) checkEdit(edit)
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [standIns(), editing(edits), lateFiles()],
    define: { __OUTLAST_SCRIPT_TAG__: 'false' },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      lib: { entry: path.join(room, 'realm/entry.ts'), formats: ['iife'], name: 'realm' },
    },
  })
  const [output] = [result].flat()
  if (!output || !('output' in output)) throw new Error('vite built nothing')
  const chunks = output.output.filter(({ type }) => type === 'chunk')
  if (chunks.length !== 1 || chunks[0]?.type !== 'chunk') throw new Error('a simulated context needs one file')
  return chunks[0].code
}

/** The simulator for Node. Returns the file's path. */
export async function bundleSimulator(name: string) {
  const outDir = path.join(root, '.cache/simulation')
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: path.join(room, 'index.ts'),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
  })
  return path.join(outDir, `${name}.mjs`)
}

function standIns(): Plugin {
  return {
    name: 'outlast:stand-ins',
    enforce: 'pre',
    async resolveId(id, importer) {
      if (!importer || importer.startsWith(room)) return null
      const name = id.startsWith('.') ? path.relative(root, `${path.resolve(path.dirname(importer), id)}.ts`) : id
      const file = STAND_INS.get(name)
      return file ? path.join(room, 'realm', file) : null
    },
  }
}

function editing(edits: Edit[]): Plugin {
  return {
    name: 'outlast:edits',
    enforce: 'pre',
    transform(code, id) {
      const name = path.relative(root, id)
      return edits
        .filter(({ file }) => file === name)
        .reduce((text, { find, replace }) => text.replace(find, () => replace), code)
    },
  }
}

/** A dynamic import, but not of a type. */
const DYNAMIC_IMPORT = /(?<!typeof\s+)\bimport\((['"])(\.[^'"]+)\1\)/g

/**
 * One file has everything in it, so that each `import()` would be there at once: they are made an effect of the context,
 * which knows each file by its place in the tree.
 */
function lateFiles(): Plugin {
  return {
    name: 'outlast:late-files',
    enforce: 'pre',
    transform(code, id) {
      const name = path.relative(root, id)
      if (!name.startsWith('src/') || !name.endsWith('.ts')) return null
      return code.replace(DYNAMIC_IMPORT, (found, _quote, file) => {
        const place = path.join(path.dirname(name), file)
        return `simulated.load(${JSON.stringify(place)}, () => ${found})`
      })
    },
  }
}

export function checkEdit({ file, find }: Edit) {
  const times = readFileSync(path.join(root, file), 'utf8').split(find).length - 1
  if (times !== 1) throw new Problem(`${file} has this ${times} times, not once:\n${find}`)
}
