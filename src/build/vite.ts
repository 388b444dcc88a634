/**
 * Brings the worker's file into a Vite app: serves it in dev, emits it in the build, and tells `init` its URL.
 *
 * @packageDocumentation
 */

import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { FOLDER, SITE, WORKER } from './site-files'

/** Options of the Vite plugin. */
export interface OutlastViteOptions {
  /**
   * The path below which the site serves the build's output, with a slash at its start. Default Vite's `base`; or `'/'`
   * where that is relative or on another origin, since a worker must be on the site's own.
   */
  base?: string | undefined
}

/** The part of Vite's plugin interface that the plugin uses. It is the same from Vite 5 on. */
export interface OutlastVitePlugin {
  name: string
  config(config: { base?: string }): { define: Record<string, string> }
  configureServer(server: {
    middlewares: {
      use(handle: (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void): unknown
    }
  }): void
  generateBundle(this: EmittingContext): Promise<void>
}

interface EmittingContext {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): string
  /** Since Vite 6. */
  environment?: { config: { consumer: string } }
}

const FILE = `${FOLDER}/${WORKER}`

/**
 * Makes the Vite plugin. With it `init` needs no option `worker`. The build fails if the worker's file cannot be read.
 *
 * @example
 * import { outlast } from 'outlast/vite'
 * export default defineConfig({ plugins: [outlast()] })
 */
export function outlast(options: OutlastViteOptions = {}): OutlastVitePlugin {
  let url = `/${FILE}`
  const read = () => readFile(`${SITE}${WORKER}`, 'utf8')
  return {
    name: 'outlast',
    config({ base }) {
      url = `${folder(options.base ?? base)}${FILE}`
      return { define: { __OUTLAST_WORKER_URL__: JSON.stringify(url) } }
    },
    configureServer({ middlewares }) {
      middlewares.use((req, res, next) => {
        const [path] = (req.url ?? '').split('?')
        if (path !== url && path !== `/${FILE}`) return next()
        read().then((source) => {
          res.setHeader('Content-Type', 'text/javascript')
          res.setHeader('Cache-Control', 'no-cache')
          res.end(source)
        }, next)
      })
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
