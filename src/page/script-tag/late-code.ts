/**
 * Code that loads late, as the script tag gets it: a module beside the script. Where a page may not import from there,
 * one classic script carries all of it (carried.ts): from another origin without CORS, in a frame without an origin,
 * and on `file:`.
 */

const script = document.currentScript as HTMLScriptElement | null

/** The file's name, beside the modules. */
const CARRIER = 'lazy/carried.js'

/** Whether modules may be imported from beside the script. */
function mayImport(): boolean {
  // An inline script, or a module, has no place of its own, and its imports are relative to the page.
  if (!script?.src || script.crossOrigin !== null) return true
  return origin !== 'null' && new URL(script.src).origin === origin
}

let carrying: Promise<unknown> | undefined

/** `scripts/build/build.ts` puts this around each `import()` of the script tag's file. */
export async function lateCode<Code>(load: () => Promise<Code>): Promise<Code> {
  if (mayImport()) return load()
  carrying ??= carried()
  try {
    const code = await carrying
    if (hasAll<Code>(code)) return code
    throw Error(`${CARRIER} has no code`)
  } catch (error) {
    // A carrier that fails is asked for again.
    carrying = undefined
    throw error
  }
}

/** The carrier has what any of the modules has. */
const hasAll = <Code>(code: unknown): code is Code => code !== undefined

function carried(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const carrier = document.createElement('script')
    carrier.onload = () => resolve(Reflect.get(carrier, 'carried'))
    carrier.onerror = () => reject(Error(`${carrier.src} cannot be loaded`))
    carrier.nonce = script?.nonce ?? ''
    carrier.src = new URL(CARRIER, script?.src).href
    document.head.append(carrier)
  })
}
