/**
 * Brings the worker's file into a Vite app: serves it in dev, emits it in the build, and tells `init` its URL.
 *
 * @packageDocumentation
 */

import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { FOLDER, SITE, WORKER } from './site-files'

/** Options of the Vite plugin. A name that is no option is told in the console. */
export interface OutlastViteOptions {
  /**
   * The path below which the site serves the build's output, with a slash at its start. Default Vite's `base`; or `'/'`
   * where that is on another origin, since a worker must be on the site's own. With a relative `base` (`'./'`) the page
   * finds the worker from the place of its own script, wherever the output is served. Where it has no slash at its
   * start it counts as `'/'`, without a warning, and a slash at its end is added.
   *
   * @example
   * export default defineConfig({ plugins: [outlast({ base: '/shop/' })] })
   */
  base?: string | undefined
}

/** The part of Vite's plugin interface that the plugin uses, which Vite calls. It is the same from Vite 5 on. */
export interface OutlastVitePlugin {
  /** By which Vite knows the plugin: `'outlast'`. */
  name: string
  /** Says in Vite's `define` where the worker will be. */
  config(config: { base?: string }, env?: { command?: string }): { define: Record<string, string> }
  /** Serves the worker's file in dev. */
  configureServer(server: {
    middlewares: {
      use(handle: (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void): unknown
    }
  }): void
  /** Puts the worker's place into the code of a build with a relative base. */
  renderChunk(
    code: string,
    chunk: { fileName: string },
    output: { format?: string },
  ): { code: string; map: null } | undefined
  /** Emits the worker's file in a build for browsers. Rejects where the file cannot be read. */
  generateBundle(this: EmittingContext): Promise<void>
}

interface EmittingContext {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): string
  /** Since Vite 6. */
  environment?: { config: { consumer: string } }
}

const FILE = `${FOLDER}/${WORKER}`

/**
 * Stands for the worker's URL in a build with a relative base, until it is known which file of the output asks for it.
 * Vite's `define` takes no expression, such as one with `import.meta.url`.
 */
const RELATIVE = '__outlast_worker_relative__'
const RELATIVE_TEXT = new RegExp(`(["'\`])${RELATIVE}\\1`, 'g')

/**
 * Makes the Vite plugin. With it `init` needs no option `worker`. The build fails if the worker's file cannot be read.
 *
 * @example
 * import { outlast } from 'outlast/vite'
 * export default defineConfig({ plugins: [outlast()] })
 */
export function outlast(options: OutlastViteOptions = {}): OutlastVitePlugin {
  for (const name of Object.keys(options ?? {})) {
    if (name !== 'base') console.warn(`[outlast] the Vite plugin takes base, not ${name}`)
  }
  let url = `/${FILE}`
  const read = () => readFile(`${SITE}${WORKER}`, 'utf8')
  return {
    name: 'outlast',
    config({ base }, { command } = {}) {
      url = `${folder(options?.base ?? base)}${FILE}`
      // The dev server takes a relative base for `/`.
      const isRelative = command === 'build' && options?.base === undefined && (base === '' || base?.startsWith('.'))
      return { define: { __OUTLAST_WORKER_URL__: JSON.stringify(isRelative ? RELATIVE : url) } }
    },
    configureServer({ middlewares }) {
      middlewares.use((req, res, next) => {
        const [asked] = (req.url ?? '').split('?')
        if (asked !== url && asked !== `/${FILE}`) return next()
        read().then((source) => {
          res.setHeader('Content-Type', 'text/javascript')
          res.setHeader('Cache-Control', 'no-cache')
          res.end(source)
        }, next)
      })
    },
    renderChunk(code, { fileName }, { format }) {
      if (!code.includes(RELATIVE)) return undefined
      const isModule = format === undefined || /^(es|esm|module)$/.test(format)
      const from = JSON.stringify(path.posix.relative(path.posix.dirname(fileName), FILE))
      // A script that is no module does not know its own place, so the page's has to do.
      const place = isModule ? `new URL(${from},import.meta.url).href` : `new URL("${FILE}",document.baseURI).href`
      return { code: code.replace(RELATIVE_TEXT, () => place), map: null }
    },
    async generateBundle() {
      if (this.environment && this.environment.config.consumer !== 'client') return
      this.emitFile({ type: 'asset', fileName: FILE, source: await read() })
    },
  }
}

function folder(base = '/'): string {
  if (!base.startsWith('/') || base.startsWith('//')) return '/'
  return base.endsWith('/') ? base : `${base}/`
}
