import type { Outlast } from '../src/page/types'

declare global {
  interface Window {
    outlast: Outlast
    /** In Firefox's own context. */
    OpenBrowserWindow(options: { private: boolean }): unknown
  }

  // What scripts in Firefox's own context see, beyond a page's globals.
  // biome-ignore lint/suspicious/noExplicitAny: it has no types.
  const Services: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const Cc: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const Ci: any
}
