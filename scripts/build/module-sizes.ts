/** What each source file costs in a built file, and what it is for. */

import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { root } from '../paths'

export interface ModuleSize {
  /** Its path in the project, or in its package. */
  module: string
  /** Its share of the built file, in bytes of Brotli: as if all of the file were compressed equally well. */
  brotli: number
  /** The first sentence of its comment; of a package its description. */
  purpose: string
}

/** The files that a page, or its worker, has in any case, by what they are to a page. */
export const MEASURED: readonly (readonly [name: string, file: string])[] = [
  ['page, first load', 'index.js'],
  ['page, right after', 'chunks/delivery.js'],
  ['worker', 'site/worker.js'],
]

/** How many of them are named. */
const LARGEST = 10

/** @param file a built file that has a source map beside it */
export function largestModules(file: string): ModuleSize[] {
  const code = readFileSync(file, 'utf8')
  const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  const all = brotliCompressSync(code).length
  return [...charactersOf(code, map)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, LARGEST)
    .map(([source, characters]) => ({
      module: nameOf(source),
      brotli: Math.round((characters / code.length) * all),
      purpose: purposeOf(nameOf(source)),
    }))
}

/** The characters of a built file that come from each source. Those of no source, such as a wrapper, are left out. */
export function charactersOf(code: string, map: ConstructorParameters<typeof SourceMap>[0]): Map<string, number> {
  const sources = new SourceMap(map)
  const found = new Map<string, number>()
  for (const [line, text] of code.split('\n').entries()) {
    for (let column = 0; column < text.length; column++) {
      const entry = sources.findEntry(line, column)
      if ('originalSource' in entry) found.set(entry.originalSource, (found.get(entry.originalSource) ?? 0) + 1)
    }
  }
  return found
}

/** Its path below `node_modules`, or below the project: a map has it as it was from where the file was built. */
const nameOf = (source: string) => /node_modules\/(.*)$/.exec(source)?.[1] ?? source.replace(/^(\.\.\/)+/, '')

function purposeOf(module: string): string {
  const own = path.join(root, module)
  if (existsSync(own)) return commentOf(readFileSync(own, 'utf8'))
  const [name = ''] = /^(?:@[^/]+\/)?[^/]+/.exec(module) ?? []
  const description = path.join(root, 'node_modules', name, 'package.json')
  return existsSync(description) ? firstSentence(JSON.parse(readFileSync(description, 'utf8')).description ?? '') : ''
}

/** The first sentence of the first comment of a source. */
export function commentOf(source: string): string {
  const [, comment = ''] = /\/\*\*(.*?)\*\//s.exec(source) ?? []
  return firstSentence(comment.replace(/^\s*\*? ?/gm, ' '))
}

function firstSentence(text: string): string {
  const [sentence = ''] = /^.*?(?:\.(?=\s|$)|$)/.exec(text.replace(/\s+/g, ' ').trim()) ?? []
  return sentence
}
