/** Writes function declarations as arrow functions, which are shorter, and alike: what is alike compresses well. */

import { parseSync } from 'vite'

interface Node {
  type: string
  start: number
  end: number
  [name: string]: unknown
}

/**
 * A minifier does this for expressions alone. `function a(b) {…}` becomes `let      a=(b)=>{…}`, which is as long, and so a
 * source map stays right. A function with a `this` or `arguments` of its own becomes `let a=function(b) {…}`, because a
 * declaration between others would cut the list of variables in two.
 *
 * @param code with the functions of each scope first in it, and a line for each statement: no semicolon is put in
 */
export function arrowFunctions(name: string, code: string, { module }: { module: boolean }): string {
  const { program, errors } = parseSync(name, code, { sourceType: module ? 'module' : 'script' })
  if (errors.length > 0) throw new Error(`${name}: ${errors.map((error) => error.message).join('\n')}`)
  const found: Node[] = []
  for (const scope of nodesOf(program as unknown as Node)) {
    // At the top of a classic script a function is a property of the window.
    if (scope.type !== 'BlockStatement' && scope.type !== 'FunctionBody' && !(module && scope.type === 'Program'))
      continue
    for (const statement of scope.body as Node[]) {
      if (statement.type === 'ImportDeclaration' || typeof statement.directive === 'string') continue
      // After anything that runs, a `let` would come later than the function did.
      if (statement.type !== 'FunctionDeclaration') break
      if (!statement.generator) found.push(statement)
    }
  }
  // From the end, so that what is replaced moves nothing that is still to be replaced.
  return found.sort((a, b) => b.start - a.start).reduce(asVariable, code)
}

function asVariable(code: string, declaration: Node): string {
  const { start, async } = declaration
  const body = (declaration.body as Node).start
  const id = declaration.id as Node
  const name = code.slice(id.start, id.end)
  const parameters = code.slice(id.end, body).trim()
  const isArrow = !hasOwnThis(declaration)
  const value = `=${async ? 'async ' : ''}${isArrow ? `${parameters}=>` : `function${parameters}`}`
  const keyword = 'let '.padEnd(body - start - name.length - value.length)
  return code.slice(0, start) + keyword + name + value + code.slice(body)
}

function hasOwnThis(declaration: Node): boolean {
  const isOuter = (node: Node) => node === declaration || !/^Function(Declaration|Expression)$/.test(node.type)
  return [...nodesOf(declaration, isOuter)].some(
    ({ type, name }) =>
      type === 'ThisExpression' || type === 'MetaProperty' || (type === 'Identifier' && name === 'arguments'),
  )
}

/** The node and all that are in it, except what is in one that `enters` refuses. */
function* nodesOf(node: Node, enters: (node: Node) => boolean = () => true): Generator<Node> {
  if (!enters(node)) return
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof (child as Node | null)?.type === 'string') yield* nodesOf(child as Node, enters)
    }
  }
}
