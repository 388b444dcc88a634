/** Builds the library as another version of it would be: the sources with a few lines changed, for a site to serve. */

import path from 'node:path'
import { build, type Rolldown } from 'vite'
import { root } from '../scripts/paths'
import { Problem } from '../scripts/problem'
import type { Site } from './site'

/** A line of a source file, and what another version has in its place. */
interface Change {
  file: string
  from: string
  to: string
}

/** The next version of what pages and workers say to each other. */
export const NEXT_MESSAGES = {
  file: 'src/core/host/messages.ts',
  from: 'export const MESSAGE_VERSION = 1\n',
  to: 'export const MESSAGE_VERSION = 2\n',
}

/** A version that knows no request as today's pages store it. */
export const EARLIER_REQUESTS = {
  file: 'src/core/event/relay-record.ts',
  from: 'export const RECORD_VERSION = 1\n',
  to: 'export const RECORD_VERSION = 0\n',
}

/** The next version of the database. */
export const NEXT_DATABASE = {
  file: 'src/adapters/open-database.ts',
  from: 'export const DATABASE_VERSION = 3\n',
  to: 'export const DATABASE_VERSION = 4\n',
}

/** The database as it was at first: without a reserve for a full disk. */
export const FIRST_DATABASE = [
  { ...NEXT_DATABASE, to: 'export const DATABASE_VERSION = 1\n' },
  { ...NEXT_DATABASE, from: ` \${RESERVE}\`.split`, to: '`.split' },
  { file: 'src/adapters/idb-database.ts', from: '    if (reserved) return\n', to: '    return\n' },
]

/** A release that changes nothing but its name: the worker's bytes differ. */
export const NEXT_RELEASE = {
  file: 'src/core/base/version.ts',
  from: "export const SDK_NAME = 'outlast'\n",
  to: "export const SDK_NAME = 'outlast-next'\n",
}

/** Of a page: a version that filed person and choice under project token and host, and knew of no other host's queue. */
export const OLDER_NAMES = [
  {
    file: 'src/page/first/page-client.ts',
    from: 'webStorage(kind, apiKey + end,',
    to: `webStorage(kind, end === ' ' ? 'none' : queue + ':',`,
  },
  { file: 'src/page/late/waiting.ts', from: '  takeOverOlder(front, options)\n', to: '' },
  {
    file: 'src/page/late/delivery.ts',
    from: 'ports.ownJournal && mindEarlierHosts({ ...minding, journal: ports.ownJournal })',
    to: 'undefined',
  },
  { file: 'src/page/late/erase-here.ts', from: '    removeOlderNames(apiKey, true, true)\n', to: '' },
]

/**
 * @param changes of what page and worker both have
 * @param ofPage changes of what the page alone has
 * @returns what a site serves, by its path there
 */
export async function buildVariant(changes: Change[], ofPage: Change[] = []): Promise<Map<string, string>> {
  const page = await bundle([...changes, ...ofPage], 'src/index.ts', 'es')
  const worker = await bundle(changes, 'sw/main.ts', 'iife')
  const files = new Map()
  for (const { fileName, code } of page) files.set(`/outlast/${fileName}`, code)
  for (const { code } of worker) files.set('/__outlast/worker.js', code)
  return files
}

/**
 * Lets the site serve another version from now on, or its own again.
 *
 * @param which the files to serve; the others stay as they are
 */
export function serve(site: Site, variant: Map<string, string>, which: (path: string) => boolean = () => true) {
  const headers = { 'Content-Type': 'text/javascript; charset=utf-8' }
  for (const [file, body] of variant) if (which(file)) site.answer(file, { status: 200, headers, body })
}

export function withdraw(site: Site, variant: Map<string, string>) {
  for (const file of variant.keys()) site.answer(file, undefined)
}

async function bundle(changes: Change[], entry: string, format: 'es' | 'iife') {
  const made = new Set()
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [
      {
        name: 'variant',
        enforce: 'pre',
        transform(code, id) {
          const mine = changes.filter(({ file }) => id === path.join(root, file))
          for (const change of mine) made.add(change)
          return mine.length > 0 ? mine.reduce(changed, code) : undefined
        },
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      lib: { entry: { index: path.join(root, entry) }, formats: [format], name: 'outlastVariant' },
      rolldownOptions: { output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' } },
    },
  })
  const missed = changes.filter((change) => !made.has(change))
  for (const { file } of missed) throw new Problem(`${entry} does not use ${file}: name the file that it uses now`)
  const [{ output }] = built as [Rolldown.RolldownOutput]
  return output.filter((file) => file.type === 'chunk')
}

function changed(code: string, { file, from, to }: Change) {
  const parts = code.split(from)
  if (parts.length !== 2) {
    throw new Problem(`${JSON.stringify(from)} stands ${parts.length - 1} times in ${file}: bring it up to date here`)
  }
  return parts.join(to)
}
