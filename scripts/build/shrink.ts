/** Makes the files of a build as small as they get, once it is known what is in each. */

import path from 'node:path'
import { type ECMA, minify as terser } from 'terser'
import { minifySync, type Plugin } from 'vite'
import { arrowFunctions } from './arrow-functions'

interface Shrinking {
  /** False for a classic script. */
  module: boolean
  /** The oldest version of the language that has to understand the file. */
  target: string
  /** Properties to their short names (internal-names.ts). */
  names: Readonly<Record<string, string>>
}

export function shrink(shrinking: Shrinking): Plugin {
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

/** @param name the file's */
async function shrinkCode(
  name: string,
  source: string,
  sourceMap: string,
  { module, target, names }: Shrinking,
): Promise<{ code: string; map: string }> {
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
    compress: { passes: 4, hoist_funs: true, unsafe_arrows: true, join_vars: false, sequences: false },
    ecma: Number(target.replace('es', '')) as ECMA,
    format: { comments: 'some', beautify: true },
    sourceMap: { content: named.map, includeSources: true },
  })
  const arrows = arrowFunctions(name, small.code ?? '', { module })
  const { code, map } = oxc(name, arrows, String(small.map), { module, compress: { target }, mangle: true })
  return { code: code.trimEnd() + comment, map: JSON.stringify(completed(JSON.parse(map), JSON.parse(sourceMap))) }
}

function oxc(name: string, source: string, inputMap: string, options: NonNullable<Parameters<typeof minifySync>[2]>) {
  const made = minifySync(name, source, { ...options, sourcemap: true, inputMap: JSON.parse(inputMap) })
  if (made.errors.length > 0 || !made.map) throw new Error(`${name}: ${made.errors.map(String).join('\n')}`)
  return { code: made.code, map: JSON.stringify(made.map) }
}

/** @param name of a property */
const escaped = (name: string) => name.replaceAll('$', '\\$')

/** What a minifier forgets of a map: whose it is, and which sources a debugger is to step over. */
function completed(map: { sources: string[] }, before: { file: string; sources: string[]; ignoreList?: number[] }) {
  const ignored = new Set(before.ignoreList?.map((index) => before.sources[index]))
  const ignoreList = map.sources.flatMap((source, index) => (ignored.has(source) ? [index] : []))
  return { ...map, file: before.file, ...(ignoreList.length > 0 && { ignoreList }) }
}

/**
 * What an entry exports only for its own late chunks goes under the name that it has in the file, which is a letter or
 * two already: `export{a,b}` and not `export{a as X,b as Y}`. It is at the end of the file, so its map stays right.
 *
 * @param code minified
 * @param fixed names that others import
 * @returns old names to new ones
 */
export function exportAsNamed(code: string, fixed: Set<string>): { code: string; renamed: Map<string, string> } {
  const renamed = new Map<string, string>()
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
 * @param code not minified
 * @param from the file whose exports have other names now
 */
export function importAsNamed(code: string, file: string, from: string, renamed: Map<string, string>) {
  return code.replace(/^import \{([^{}\n]*)\} from "([^"\n]+)";$/gm, (line, list, source) => {
    if (path.posix.join(path.posix.dirname(file), source) !== from) return line
    const specifiers = readSpecifiers(list).map(([name, local]) => `${renamed.get(name) ?? name} as ${local}`)
    return `import { ${specifiers.join(', ')} } from "${source}";`
  })
}

/** @returns what is before and after each `as` */
function readSpecifiers(list: string): [before: string, after: string][] {
  return list.split(',').map((specifier) => {
    const [before = '', after = before] = specifier.trim().split(/\s+as\s+/)
    return [before, after]
  })
}
