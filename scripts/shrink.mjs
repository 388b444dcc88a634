// @ts-check
/** Makes the files of a build as small as they get, once it is known what is in each. */

import path from 'node:path'
import { minify as terser } from 'terser'
import { minifySync } from 'vite'

/**
 * @typedef {object} Shrinking
 * @property {boolean} module false for a classic script
 * @property {string} target the oldest language that is to understand it
 * @property {Readonly<Record<string, string>>} names properties to their short names (internal-names.mjs)
 */

/**
 * @param {Shrinking} shrinking
 * @returns {import('vite').Plugin}
 */
export function shrink(shrinking) {
  return {
    name: 'shrink',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [file] : []))
      // A late chunk imports from the entry, so the entry's names have to be known by then.
      for (const chunk of chunks.sort((a, b) => Number(b.isEntry) - Number(a.isEntry))) {
        const map = bundle[`${chunk.fileName}.map`]
        if (map?.type !== 'asset') throw new Error(`${chunk.fileName} has no source map.`)
        const made = await shrinkCode(chunk.fileName, chunk.code, String(map.source), shrinking)
        chunk.code = made.code
        map.source = made.map
        if (!chunk.isEntry) continue
        const fixed = chunk.facadeModuleId ? this.getModuleInfo(chunk.facadeModuleId)?.exports : undefined
        const { code, renamed } = exportAsNamed(chunk.code, new Set(fixed ?? chunk.exports))
        chunk.code = code
        for (const other of chunks) other.code = importAsNamed(other.code, other.fileName, chunk.fileName, renamed)
      }
    },
  }
}

/**
 * @param {string} name the file's
 * @param {string} source
 * @param {string} sourceMap
 * @param {Shrinking} shrinking
 * @returns {Promise<{ code: string, map: string }>}
 */
async function shrinkCode(name, source, sourceMap, { module, target, names }) {
  const comment = `\n//# sourceMappingURL=${path.basename(name)}.map`
  const input = source.endsWith(comment) ? source.slice(0, -comment.length) : source
  const include = new RegExp(`^(?:${Object.keys(names).map(escaped).join('|')})$`)
  // Properties first: what is quoted here stays as it is, and a minifier takes quotes away.
  const named = oxc(name, input, sourceMap, {
    ...{ module, compress: false, mangle: false, codegen: { removeWhitespace: false } },
    mangleProps: { include, cache: { ...names } },
  })
  // Then two minifiers, since each finds what the other does not: the first one inlines and drops more, and the second
  // one names local variables so that they compress better.
  const small = await terser(named.code, {
    module,
    // No function here is one for `new` or for a `this` of its own, so each may become an arrow.
    compress: { passes: 4, hoist_funs: true, unsafe_arrows: true, join_vars: false },
    ecma: /** @type {import('terser').ECMA} */ (Number(target.replace('es', ''))),
    format: { comments: 'some' },
    sourceMap: { content: named.map, includeSources: true },
  })
  const { code, map } = oxc(name, small.code ?? '', String(small.map), { module, compress: { target }, mangle: true })
  return { code: code.trimEnd() + comment, map: JSON.stringify(completed(JSON.parse(map), JSON.parse(sourceMap))) }
}

/**
 * @param {string} name
 * @param {string} source
 * @param {string} inputMap
 * @param {NonNullable<Parameters<typeof minifySync>[2]>} options
 */
function oxc(name, source, inputMap, options) {
  const made = minifySync(name, source, { ...options, sourcemap: true, inputMap: JSON.parse(inputMap) })
  if (made.errors.length > 0 || !made.map) throw new Error(`${name}: ${made.errors.map(String).join('\n')}`)
  return { code: made.code, map: JSON.stringify(made.map) }
}

/** @param {string} name of a property */
const escaped = (name) => name.replaceAll('$', '\\$')

/**
 * What a minifier forgets of a map: whose it is, and which sources a debugger is to step over.
 *
 * @param {{ sources: string[] }} map
 * @param {{ file: string, sources: string[], ignoreList?: number[] }} before
 */
function completed(map, before) {
  const ignored = new Set(before.ignoreList?.map((index) => before.sources[index]))
  const ignoreList = map.sources.flatMap((source, index) => (ignored.has(source) ? [index] : []))
  return { ...map, file: before.file, ...(ignoreList.length > 0 && { ignoreList }) }
}

/**
 * What an entry exports only for its own late chunks goes under the name that it has in the file, which is a letter or
 * two already: `export{a,b}` and not `export{a as X,b as Y}`. It is at the end of the file, so its map stays right.
 *
 * @param {string} code minified
 * @param {Set<string>} fixed names that others import
 * @returns {{ code: string, renamed: Map<string, string> }} old names to new ones
 */
export function exportAsNamed(code, fixed) {
  /** @type {Map<string, string>} */
  const renamed = new Map()
  const shorter = code.replace(/export\{([^{}]*)\}(?=;?\s*(\/\/# [^\n]*)?\s*$)/, (_, list) => {
    const specifiers = readSpecifiers(list).map(([local, exported]) => {
      if (fixed.has(exported) || fixed.has(local)) return exported === local ? local : `${local} as ${exported}`
      renamed.set(exported, local)
      return local
    })
    return `export{${specifiers.join(',')}}`
  })
  return { code: shorter, renamed }
}

/**
 * The same names where a chunk imports them. Before it is minified the import is a line of its own, so its map stays
 * right too.
 *
 * @param {string} code not minified
 * @param {string} file
 * @param {string} from the file whose exports have other names now
 * @param {Map<string, string>} renamed
 */
export function importAsNamed(code, file, from, renamed) {
  return code.replace(/^import \{([^{}\n]*)\} from "([^"\n]+)";$/gm, (line, list, source) => {
    if (path.posix.join(path.posix.dirname(file), source) !== from) return line
    const specifiers = readSpecifiers(list).map(([name, local]) => `${renamed.get(name) ?? name} as ${local}`)
    return `import { ${specifiers.join(', ')} } from "${source}";`
  })
}

/**
 * @param {string} list
 * @returns {[before: string, after: string][]} what is before and after each `as`
 */
function readSpecifiers(list) {
  return list.split(',').map((specifier) => {
    const [before = '', after = before] = specifier.trim().split(/\s+as\s+/)
    return [before, after]
  })
}
