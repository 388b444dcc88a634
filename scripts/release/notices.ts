/** The licences of the packages whose code is in the built files: each wants its notice in every copy. */

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'vite'
import { root } from '../paths'

/** The file that they are in, beside the built files. */
const NOTICES = 'THIRD-PARTY-LICENSES.txt'

export interface Notices {
  /** Notes what a build has put into its files. For every build. */
  plugin(): Plugin
  write(folder: string): Promise<void>
}

export function collectNotices(): Notices {
  const packages = new Set<string>()
  return {
    plugin: () => ({
      name: 'notices',
      generateBundle(_, bundle) {
        for (const file of Object.values(bundle)) {
          for (const id of file.type === 'chunk' ? file.moduleIds : []) {
            const name = packageOf(id)
            if (name !== undefined) packages.add(name)
          }
        }
      },
    }),
    async write(folder) {
      const texts = [...packages].sort().map(async (name) => {
        const licence = await readFile(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8')
        return `${name}\n${'-'.repeat(name.length)}\n\n${licence.trim()}\n`
      })
      const all = ['The built files contain code of these packages.\n', ...(await Promise.all(texts))]
      await writeFile(path.join(folder, NOTICES), all.join('\n\n'))
    },
  }
}

/**
 * @param id the path of a module
 * @returns the name of the package that it is of, if it is not the project's own
 */
export function packageOf(id: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
}
