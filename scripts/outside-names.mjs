// @ts-check
/**
 * The property names that code or data outside a build knows, each with the reason: such a name must stay as it is
 * written. What is left over is internal, and a build may give it a short name (internal-names.mjs).
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { walk } from './walk.mjs'

/**
 * What these files declare is stored, posted, sent or shown, or is what a page's own code wrote. Their names are taken
 * whole, since types say little about what was parsed.
 */
export const BOUNDARIES = new Set([
  'src/client/flag-answer.ts',
  'src/client/person.ts',
  'src/client/session.ts',
  'src/client/types.ts',
  'src/core/event-json.ts',
  'src/core/event.ts',
  'src/core/handover.ts',
  'src/core/messages.ts',
  'src/core/parse-host-message.ts',
  'src/core/parse-page-message.ts',
  'src/core/queue-config.ts',
  'src/core/queue-view.ts',
  'src/core/read-queue-config.ts',
  'src/core/records.ts',
  'src/core/reports.ts',
  'src/core/rules.ts',
  'src/core/serialize-event.ts',
  'src/core/settings.ts',
  'src/core/wire-body.ts',
  'src/core/wire-v0.ts',
  'src/core/wire-v1.ts',
  'src/page/data-attributes.ts',
  'src/page/spill.ts',
  'src/page/spilled.ts',
  'src/page/stub-queue.ts',
  'src/page/types.ts',
])

/** Calls whose arguments leave the build, or whose answer is the names of the argument as texts. */
const SINKS = new Set(['stringify', 'postMessage', 'post', 'put', 'structuredClone', 'keys', 'entries', 'fromEntries'])

/** @typedef {Map<string, string>} Reasons why each name is known outside */

/**
 * @param {string} folder the project's
 * @returns {{ outside: Reasons, inside: Set<string>, written: Set<string> }} `written`: every property that the
 *   shipped sources name; `inside`: those of them that nothing outside knows
 */
export function outsideNames(folder) {
  const sources = shippedSources(folder)
  /** @type {Reasons} */
  const outside = new Map()
  const know = (/** @type {string} */ name, /** @type {string} */ reason) => {
    if (!outside.has(name)) outside.set(name, reason)
  }
  for (const name of platformNames()) know(name, 'it is a name of the platform')
  for (const [name, file] of publicNames(path.join(folder, 'api'))) know(name, `it is in ${file}`)
  const written = new Set()
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

/**
 * What goes in a built file: no tests, and nothing that only tests use.
 *
 * @param {string} folder
 */
function shippedSources(folder) {
  return ['src', 'sw']
    .flatMap((room) =>
      walk(path.join(folder, room), new Set(['testing', 'acceptance'])).map((name) => `${room}/${name}`),
    )
    .filter((name) => /\.ts$/.test(name) && !/\.(test|contract|d)\.ts$/.test(name))
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
 * @param {string} folder
 * @returns {Map<string, string>} each with its file
 */
function publicNames(folder) {
  const files = existsSync(folder) ? walk(folder).filter((name) => name.endsWith('.api.md')) : []
  return new Map(
    files.flatMap((name) =>
      [...readFileSync(path.join(folder, name), 'utf8').matchAll(/[\w$]+/g)].map(([word]) => [word, `api/${name}`]),
    ),
  )
}

/**
 * @typedef {object} Reading
 * @property {string} name the file's, from the project's folder
 * @property {ts.TypeChecker} checker
 * @property {string} folder
 * @property {(name: string, reason: string) => void} know
 * @property {Set<string>} written filled with every property
 */

/**
 * @param {ts.SourceFile} file
 * @param {Reading} reading
 */
function readSource(file, reading) {
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

/**
 * @param {ts.Node} node
 * @returns {string | undefined} the property that it declares, writes or reads by name
 */
function propertyOf(node) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) return node.name.text
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
    const name = node.propertyName ?? node.name
    return 'text' in name ? name.text : undefined
  }
  const declares = ts.isTypeElement(node) || ts.isObjectLiteralElementLike(node) || ts.isClassElement(node)
  return declares && node.name && 'text' in node.name && !ts.isPrivateIdentifier(node.name) ? node.name.text : undefined
}

/**
 * @param {ts.Node} node that names a property
 * @param {string} name the property's
 * @param {Reading} reading
 * @returns {string | undefined} what makes it a property of something that is not declared in the sources
 */
function foreignReason(node, name, reading) {
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
 * @param {ts.Node} node that names a property
 * @param {ts.TypeChecker} checker
 * @returns {ts.Type | undefined} the type that has it, where another declaration than this one decides
 */
function ownerOf(node, checker) {
  if (ts.isPropertyAccessExpression(node)) return checker.getTypeAtLocation(node.expression)
  if (ts.isBindingElement(node)) return checker.getTypeAtLocation(node.parent)
  if (!ts.isObjectLiteralElementLike(node) || !ts.isObjectLiteralExpression(node.parent)) return undefined
  return checker.getContextualType(node.parent)
}

/**
 * @param {ts.Type} type
 * @param {string} name
 * @param {ts.TypeChecker} checker
 * @returns {ts.Symbol[]} one for each member of a union that has it
 */
function propertiesOf(type, name, checker) {
  const types = type.isUnion() ? type.types : [type]
  return types.flatMap((one) => checker.getPropertyOfType(checker.getApparentType(one), name) ?? [])
}

/**
 * @param {ts.Type} type
 * @param {ts.TypeChecker} checker
 * @returns {boolean} true for `any`, `unknown` and records by text
 */
function hasOpenNames(type, checker) {
  const types = type.isUnion() ? type.types : [type]
  const isOpen = (/** @type {ts.Type} */ one) =>
    (one.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.NonPrimitive)) !== 0 ||
    checker.getIndexInfosOfType(one).length > 0
  return types.some(isOpen)
}

/**
 * A type by which the sources say what a value is that others made: a platform newer than TypeScript's libraries, a
 * global that a page's own code wrote, what was parsed.
 *
 * @param {ts.Node} node
 * @param {Reading} reading
 * @returns {ts.Type | undefined}
 */
function claimedType(node, reading) {
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
 * @param {ts.Type} type
 * @param {Reading} reading
 * @param {Set<string>} [names] filled with them
 * @param {Set<ts.Type>} [seen]
 * @returns {Set<string>} every property of it, of what it holds and of what its methods take and answer
 */
function namesIn(type, reading, names = new Set(), seen = new Set()) {
  const { checker } = reading
  if (seen.has(type)) return names
  seen.add(type)
  const all = (/** @type {readonly ts.Type[]} */ types) => {
    for (const one of types) namesIn(one, reading, names, seen)
  }
  if (type.isUnionOrIntersection()) all(type.types)
  if (!(type.flags & ts.TypeFlags.Object)) return names
  all(checker.getIndexInfosOfType(type).map((info) => info.type))
  all(checker.getTypeArguments(/** @type {ts.TypeReference} */ (type)))
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

/**
 * @param {ts.Declaration[] | undefined} declarations
 * @param {Reading} reading
 * @returns {boolean} true if the sources declare it, and they alone
 */
function isOurs(declarations, { folder }) {
  if (!declarations?.length) return false
  return declarations.every((declaration) => {
    const from = path.relative(folder, declaration.getSourceFile().fileName)
    return !from.startsWith('..') && !from.includes('node_modules')
  })
}

/** @param {ts.Node} node */
function exportsOf(node) {
  if (ts.isExportSpecifier(node)) return [node.name.text]
  const isExported =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  if (!isExported) return []
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
  }
  return 'name' in node &&
    node.name &&
    ts.isIdentifier(/** @type {ts.Node} */ (node.name)) &&
    !ts.isInterfaceDeclaration(node)
    ? [/** @type {ts.Identifier} */ (node.name).text]
    : []
}

/** @param {ts.CallExpression} call */
function calleeOf({ expression }) {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text
  return ts.isIdentifier(expression) ? expression.text : ''
}

/**
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} each
 */
function visit(node, each) {
  each(node)
  ts.forEachChild(node, (child) => visit(child, each))
}
