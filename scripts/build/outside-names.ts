/**
 * The property names that code or data outside a build knows, each with the reason: such a name must stay as it is
 * written. What is left over is internal, and a build may give it a short name (internal-names.ts).
 */

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { globSync } from 'tinyglobby'
import ts from 'typescript'

/**
 * What these files declare is stored, posted, sent or shown, or is what a page's own code wrote. Their names are taken
 * whole, since types say little about what was parsed.
 */
export const BOUNDARIES = new Set([
  'src/client/flags/flag-answer.ts',
  'src/client/first/person.ts',
  'src/client/first/session.ts',
  'src/client/option-types.ts',
  'src/client/types.ts',
  'src/core/event/codec.ts',
  'src/core/event/event-json.ts',
  'src/core/event/event.ts',
  'src/core/queue/handover.ts',
  'src/core/host/messages.ts',
  'src/core/host/parse-host-message.ts',
  'src/core/host/parse-page-message.ts',
  'src/core/config/queue-config.ts',
  'src/core/queue/view.ts',
  'src/core/queue/records.ts',
  'src/core/base/reports.ts',
  'src/core/queue/rules.ts',
  'src/core/config/settings.ts',
  'src/core/protocol/wire-body.ts',
  'src/core/protocol/wire-v0.ts',
  'src/core/protocol/wire-v1.ts',
  'src/page/script-tag/data-attributes.ts',
  'src/page/first/backup.ts',
  'src/page/late/recover-backups.ts',
  'src/page/script-tag/stub-queue.ts',
  'src/page/types.ts',
])

/** Calls whose arguments leave the build, or whose answer is the names of the argument as texts. */
const SINKS = new Set(['stringify', 'postMessage', 'post', 'put', 'structuredClone', 'keys', 'entries', 'fromEntries'])

/** Why each name is known outside. */
type Reasons = Map<string, string>

/**
 * @param folder the project's
 * @returns `written`: every property that the shipped sources name; `inside`: those of them that nothing outside knows
 */
export function outsideNames(folder: string): { outside: Reasons; inside: Set<string>; written: Set<string> } {
  const sources = shippedSources(folder)
  const outside: Reasons = new Map()
  const know = (name: string, reason: string) => {
    if (!outside.has(name)) outside.set(name, reason)
  }
  for (const name of platformNames()) know(name, 'it is a name of the platform')
  for (const [name, file] of publicNames(path.join(folder, 'docs/api'))) know(name, `it is in ${file}`)
  const written = new Set<string>()
  const program = ts.createProgram(
    sources.map((name) => path.join(folder, name)),
    {
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      // Pages and workers both. Where the two disagree a type may be lost, which makes a name known outside.
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.webworker.d.ts'],
      ...{ types: [], strict: true, skipLibCheck: true, noEmit: true },
    },
  )
  for (const name of sources) {
    const file = program.getSourceFile(path.join(folder, name))
    if (file) readSource(file, { name, checker: program.getTypeChecker(), folder, know, written })
  }
  const inside = new Set([...written].filter((name) => !outside.has(name)))
  return { outside, inside, written }
}

/** What goes in a built file: no tests, and nothing that only tests use. */
function shippedSources(folder: string) {
  const tests = ['**/{testing,acceptance}/**', '**/*.{test,contract,d}.ts']
  return globSync('{src,sw}/**/*.ts', { cwd: folder, ignore: tests }).sort()
}

/** Every property and global that TypeScript's own libraries declare: ECMAScript, the DOM, workers. */
function platformNames() {
  const folder = path.dirname(ts.getDefaultLibFilePath({}))
  const names = new Set(['__proto__', 'constructor', 'prototype'])
  for (const name of readdirSync(folder).filter((name) => /^lib\..*\.d\.ts$/.test(name))) {
    visit(
      ts.createSourceFile(name, readFileSync(path.join(folder, name), 'utf8'), ts.ScriptTarget.ES2022, true),
      (node) => {
        const declares = ts.isTypeElement(node) || ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)
        if (declares && node.name && 'text' in node.name) names.add(node.name.text)
      },
    )
  }
  return names
}

/**
 * Every word of the API's reports: options, methods, details of events, and some words that are none of these.
 *
 * @returns each with its file
 */
function publicNames(folder: string): Map<string, string> {
  const files = globSync('*.api.md', { cwd: folder })
  return new Map(
    files.flatMap((name) =>
      [...readFileSync(path.join(folder, name), 'utf8').matchAll(/[\w$]+/g)].map(([word]) => [
        word,
        `docs/api/${name}`,
      ]),
    ),
  )
}

interface Reading {
  /** The file's path from the project's folder. */
  name: string
  checker: ts.TypeChecker
  folder: string
  know: (name: string, reason: string) => void
  /** Every property is added here. */
  written: Set<string>
}

function readSource(file: ts.SourceFile, reading: Reading) {
  const { name: fileName, know, written } = reading
  visit(file, (node) => {
    const property = propertyOf(node)
    if (property !== undefined) {
      written.add(property)
      if (BOUNDARIES.has(fileName)) know(property, `${fileName} is a boundary, and names it`)
      const foreign = foreignReason(node, property, reading)
      if (foreign) know(property, `${fileName} ${foreign}`)
    }
    // A name that is also a text may be looked up by that text, which a build leaves alone.
    if (ts.isStringLiteralLike(node) && !ts.isLiteralTypeNode(node.parent))
      know(node.text, `${fileName} has it as a text`)
    const claimed = claimedType(node, reading)
    for (const name of claimed ? namesIn(claimed, reading) : []) know(name, `${fileName} claims it of what others made`)
    // A module that is loaded late is an object of what it exports, under the names it has there.
    for (const exported of exportsOf(node)) know(exported, `${fileName} exports it`)
    if (ts.isCallExpression(node) && SINKS.has(calleeOf(node))) {
      for (const argument of node.arguments) {
        for (const name of namesIn(reading.checker.getTypeAtLocation(argument), reading)) {
          know(name, `${fileName} gives it to ${calleeOf(node)}()`)
        }
      }
    }
  })
}

/** @returns the property that it declares, writes or reads by name */
function propertyOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) return node.name.text
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
    const name = node.propertyName ?? node.name
    return 'text' in name ? name.text : undefined
  }
  const declares = ts.isTypeElement(node) || ts.isObjectLiteralElementLike(node) || ts.isClassElement(node)
  return declares && node.name && 'text' in node.name && !ts.isPrivateIdentifier(node.name) ? node.name.text : undefined
}

/**
 * @param node that names a property
 * @param name the property's
 * @returns what makes it a property of something that is not declared in the sources
 */
function foreignReason(node: ts.Node, name: string, reading: Reading): string | undefined {
  const { checker } = reading
  const owner = ownerOf(node, checker)
  if (!owner) return undefined
  // `never` and what a branch rules out have no properties, and no value at run time.
  if (owner.flags & ts.TypeFlags.Never) return undefined
  const known = propertiesOf(owner, name, checker)
  if (known.length === 0) {
    const isWritten = ts.isObjectLiteralElementLike(node) && !hasOpenNames(owner, checker)
    return isWritten ? undefined : 'takes it from something whose properties have no declared names'
  }
  return known.some(({ declarations }) => !isOurs(declarations, reading))
    ? 'takes it from, or gives it to, something that is declared elsewhere'
    : undefined
}

/**
 * @param node that names a property
 * @returns the type that has it, where another declaration than this one decides
 */
function ownerOf(node: ts.Node, checker: ts.TypeChecker): ts.Type | undefined {
  if (ts.isPropertyAccessExpression(node)) return checker.getTypeAtLocation(node.expression)
  if (ts.isBindingElement(node)) return checker.getTypeAtLocation(node.parent)
  if (!ts.isObjectLiteralElementLike(node) || !ts.isObjectLiteralExpression(node.parent)) return undefined
  return checker.getContextualType(node.parent)
}

/** @returns one for each member of a union that has it */
function propertiesOf(type: ts.Type, name: string, checker: ts.TypeChecker): ts.Symbol[] {
  const types = type.isUnion() ? type.types : [type]
  return types.flatMap((one) => checker.getPropertyOfType(checker.getApparentType(one), name) ?? [])
}

/** @returns true for `any`, `unknown` and records by text */
function hasOpenNames(type: ts.Type, checker: ts.TypeChecker): boolean {
  const types = type.isUnion() ? type.types : [type]
  const isOpen = (one: ts.Type) =>
    (one.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) !== 0 ||
    checker.getIndexInfosOfType(one).length > 0
  return types.some(isOpen)
}

/**
 * A type by which the sources say what a value is that others made: a platform newer than TypeScript's libraries, a
 * global that a page's own code wrote, what was parsed.
 */
function claimedType(node: ts.Node, reading: Reading): ts.Type | undefined {
  const { checker } = reading
  const isAssertion = (ts.isAsExpression(node) || ts.isTypePredicateNode(node)) && node.type
  if (isAssertion && !ts.isConstTypeReference(node.type)) return checker.getTypeFromTypeNode(node.type)
  const bases = ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []).flatMap(({ types }) => types) : []
  const parts = ts.isIntersectionTypeNode(node) ? node.types : bases
  const isForeign = parts.some((part) => {
    const type = checker.getTypeFromTypeNode(part)
    // `Pick` and its like are declared elsewhere too, but make no object of the platform.
    return type.isClassOrInterface() && !isOurs(type.symbol.declarations, reading)
  })
  if (!isForeign || !(ts.isInterfaceDeclaration(node) || ts.isTypeNode(node))) return undefined
  return checker.getTypeAtLocation(node)
}

/**
 * @param names filled with them
 * @returns every property of it, of what it holds and of what its methods take and answer
 */
function namesIn(
  type: ts.Type,
  reading: Reading,
  names: Set<string> = new Set(),
  seen: Set<ts.Type> = new Set(),
): Set<string> {
  const { checker } = reading
  if (seen.has(type)) return names
  seen.add(type)
  const all = (types: readonly ts.Type[]) => {
    for (const one of types) namesIn(one, reading, names, seen)
  }
  if (type.isUnionOrIntersection()) all(type.types)
  if (!(type.flags & ts.TypeFlags.Object)) return names
  all(checker.getIndexInfosOfType(type).map((info) => info.type))
  all(checker.getTypeArguments(type as ts.TypeReference))
  // What the platform declares is known outside already, and it holds half the platform.
  if (!isOurs(type.symbol?.declarations, reading)) return names
  for (const signature of type.getCallSignatures()) {
    all([signature.getReturnType(), ...signature.parameters.map((one) => checker.getTypeOfSymbol(one))])
  }
  for (const property of type.getProperties()) {
    names.add(property.name)
    all([checker.getTypeOfSymbol(property)])
  }
  return names
}

/** @returns true if the sources declare it, and they alone */
function isOurs(declarations: ts.Declaration[] | undefined, { folder }: Reading): boolean {
  if (!declarations?.length) return false
  return declarations.every((declaration) => {
    const from = path.relative(folder, declaration.getSourceFile().fileName)
    return !from.startsWith('..') && !from.includes('node_modules')
  })
}

function exportsOf(node: ts.Node) {
  if (ts.isExportSpecifier(node)) return [node.name.text]
  const isExported =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
  }
  return 'name' in node && node.name && ts.isIdentifier(node.name as ts.Node) && !ts.isInterfaceDeclaration(node)
    ? [(node.name as ts.Identifier).text]
    : []
}

function calleeOf({ expression }: ts.CallExpression) {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text
  return ts.isIdentifier(expression) ? expression.text : ''
}

function visit(node: ts.Node, each: (node: ts.Node) => void) {
  each(node)
  ts.forEachChild(node, (child) => visit(child, each))
}
