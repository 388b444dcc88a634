/** The files of the package that a site serves. */

import { fileURLToPath } from 'node:url'

/** The folder of these files below the site's root or base. */
export const FOLDER = '__outlast'

/** The worker's file in that folder. */
export const WORKER = 'worker.js'

/** Where the files are in the package: beside this very file, once it is built. */
export const SITE = fileURLToPath(new URL('./site/', import.meta.url))
