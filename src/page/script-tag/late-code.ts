/**
 * Code that loads late, as the script tag gets it: a module beside the script. Where a page may not import from there,
 * one classic script carries all of it: from another origin without CORS, in a frame without an origin, and on `file:`.
 */

import type { Carried } from './carried'

const script = document.currentScript as HTMLScriptElement | null

/** The file's name, beside the modules. */
const CARRIER = 'lazy/carried.js'

/** Whether modules may be imported from beside the script. */
function mayImport(): boolean {
  // An inline script, or a module, has no place of its own, and its imports are relative to the page.
  if (!script?.src || script.crossOrigin !== null) return true
  return origin !== 'null' && new URL(script.src).origin === origin
}

let carrying: Promise<Carried> | undefined

/** `scripts/build.ts` puts this around each `import()` of the script tag's file. */
export const lateCode = <Code>(load: () => Promise<Code>): Promise<Code | Carried> => {
  if (mayImport()) return load()
  carrying ??= carried()
  // What fails is asked for again.
  carrying.catch(() => {
    carrying = undefined
  })
  return carrying
}

function carried(): Promise<Carried> {
  return new Promise((resolve, reject) => {
    const carrier = document.createElement('script') as HTMLScriptElement & { carried?: Carried }
    carrier.onload = () => (carrier.carried ? resolve(carrier.carried) : reject(Error(`${CARRIER} has no code`)))
    carrier.onerror = () => reject(Error(`${carrier.src} cannot be loaded`))
    carrier.nonce = script?.nonce ?? ''
    carrier.src = new URL(CARRIER, script?.src).href
    document.head.append(carrier)
  })
}
