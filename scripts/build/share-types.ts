/** The entries of the package share their types: what another entry exports is imported from it, not copied. */

import ts from 'typescript'

/** The comment that describes an entry stands before its first declaration and belongs to none. */
const DESCRIPTION = /^\/\*\*(?:(?!\*\/)[\s\S])*@packageDocumentation[\s\S]*?\*\/\s*/

interface Declaration {
  name: string
  exported: boolean
  /** With its comment, as if it were not exported. */
  text: string
  /** The names that it refers to, and others. */
  words: Set<string>
}

/**
 * @param text a declaration file of one entry
 * @param main the declaration file of the other entry, such as the main one
 * @param from where that entry lies, beside this one
 */
export function shareTypes(text: string, main: string, from: string): string {
  const [description = ''] = DESCRIPTION.exec(text) ?? []
  const { declarations, rest } = parse(text.slice(description.length))
  const offered = new Map(
    parse(main.replace(DESCRIPTION, ''))
      .declarations.filter(({ exported }) => exported)
      .map(({ name, text }) => [name, text]),
  )
  const isShared = ({ name, text }: Declaration) => offered.get(name) === text
  const shared = declarations.filter(isShared)
  if (shared.length === 0) return text
  const own = used(
    declarations.filter((one) => !isShared(one)),
    rest,
  )
  const words = new Set([...own.flatMap((one) => [...one.words]), ...wordsOf(rest)])
  const list = (of: Declaration[]) =>
    of
      .map(({ name }) => name)
      .sort()
      .join(', ')
  const imported = list(shared.filter(({ name }) => words.has(name)))
  const passedOn = list(shared.filter(({ exported }) => exported))
  return [
    description.trimEnd(),
    imported && `import type { ${imported} } from '${from}'`,
    passedOn && `export type { ${passedOn} } from '${from}'`,
    ...own.map(({ text, exported }) => (exported ? exportedAgain(text) : text)),
    rest.trim(),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n')
}

/** Leaves out what nothing refers to any more. */
function used(declarations: Declaration[], rest: string): Declaration[] {
  const kept = declarations.filter(
    (one) =>
      one.exported ||
      wordsOf(rest).has(one.name) ||
      declarations.some((other) => other !== one && other.words.has(one.name)),
  )
  return kept.length === declarations.length ? kept : used(kept, rest)
}

function parse(text: string): { declarations: Declaration[]; rest: string } {
  const source = ts.createSourceFile('entry.d.ts', text, ts.ScriptTarget.ES2022, true)
  const declarations: Declaration[] = []
  const rest: string[] = []
  for (const statement of source.statements) {
    const whole = text.slice(statement.getStart(source, true), statement.end)
    const name = nameOf(statement)
    if (name === undefined) rest.push(whole)
    else {
      const code = statement.getStart(source) - statement.getStart(source, true)
      const exported = whole.slice(code).startsWith('export ')
      const plain = exported ? whole.slice(0, code) + whole.slice(code + 'export '.length) : whole
      declarations.push({ name, exported, text: plain, words: wordsOf(whole.slice(code)) })
    }
  }
  return { declarations, rest: rest.join('\n\n') }
}

function nameOf(statement: ts.Statement): string | undefined {
  const isDefault =
    ts.canHaveModifiers(statement) && statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  if (isDefault) return undefined
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return statement.name.text
  if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) return statement.name?.text
  if (ts.isVariableStatement(statement)) {
    const [only] = statement.declarationList.declarations
    return only && ts.isIdentifier(only.name) ? only.name.text : undefined
  }
  return undefined
}

function exportedAgain(text: string): string {
  const at = text.search(/^declare /m)
  return `${text.slice(0, at)}export ${text.slice(at)}`
}

function wordsOf(text: string): Set<string> {
  return new Set(text.replace(/\/\*[\s\S]*?\*\//g, '').match(/[\w$]+/g))
}
