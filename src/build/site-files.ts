/** The files of the package that lie on a site, beside its pages. */

import { fileURLToPath } from 'node:url'

/** Below the site's root, or its base. */
export const FOLDER = '__outlast'

export const WORKER = 'worker.js'

/** Beside this very file, once it is built. */
export const SITE = fileURLToPath(new URL('./site/', import.meta.url))
