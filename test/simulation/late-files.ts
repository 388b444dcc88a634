/** A page's late files: each dynamic `import()` of the library, which `bundle.ts` makes into a call of `load`. */

import type { Realm } from './realm'

/** ms that a file takes which the browser has in its cache. */
const CACHED_MS = 2

/** What the browser has of the site: it outlives pages. */
export type FileCache = Set<string>

export class LateFiles {
  /** As in a browser's map of modules: one that is on its way, or hangs, is joined, and one that failed asked for anew. */
  private readonly files = new Map<string, Promise<unknown>>()

  constructor(private readonly realm: Realm) {}

  readonly load = <T>(file: string, run: () => Promise<T>): Promise<T> => {
    const known = this.files.get(file)
    if (known) return known as Promise<T>
    const loading = this.fetch(file).then(async () => {
      const code = await run()
      this.realm.onLateCode()
      return code
    })
    this.files.set(file, loading)
    loading.catch(() => this.files.delete(file))
    return loading
  }

  private fetch(file: string): Promise<unknown> {
    const { sim } = this.realm
    const { ms, cached } = sim.world.files
    const isCached = sim.fileCache.has(file)
    const arrive = () => {
      if (!isCached && !sim.online) throw new TypeError(`Failed to fetch dynamically imported module: ${file}`)
      if (cached) sim.fileCache.add(file)
    }
    return this.realm.effect('import', arrive, isCached ? Math.min(CACHED_MS, ms) : ms)
  }
}
