import { expect, it } from 'vitest'
import { arrowFunctions } from './arrow-functions'

const made = (code: string, module = true) => arrowFunctions('file.js', code, { module })

it('makes variables of the functions at the start of each scope, as long as they were', () => {
  const code =
    'function outer(a, { b }) {\n  async function inner() {\n    return a\n  }\n  return inner\n}\nouter(1, {})'
  expect(made(code).replace(/ {3,}(?=\w+=)/g, ' ')).toBe(
    'let outer=(a, { b })=>{\n  let inner=async ()=>{\n    return a\n  }\n  return inner\n}\nouter(1, {})',
  )
  expect(made(code)).toHaveLength(code.length)
})

it('leaves what comes after other code, where a variable would come too late', () => {
  const code = 'start()\nfunction start() {\n}'
  expect(made(code)).toBe(code)
})

it('leaves generators, and what is at the top of a classic script', () => {
  expect(made('function* many() {\n}')).toBe('function* many() {\n}')
  expect(made('function start() {\n}', false)).toBe('function start() {\n}')
})

it.each(['this', 'arguments', 'new.target'])('leaves %s to the function that it belongs to', (own) => {
  expect(made(`function read() {\n  return ${own}\n}`)).toBe(`let read=function(){\n  return ${own}\n}`)
  const inner = `function outer() {\n  return function () {\n    return ${own}\n  }\n}`
  expect(made(inner)).toMatch(/^let +outer=\(\)=>\{\n {2}return function \(\)/)
})

it('makes code that does the same', () => {
  const code =
    'function double(x) {\n  return 2 * x\n}\nfunction sum(...all) {\n  return all.reduce((a, b) => a + b)\n}\n'
  expect(new Function(`${made(code)}return sum(double(1), double(2))`)()).toBe(6)
})
