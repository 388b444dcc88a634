// @ts-check
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from './paths.mjs'

const { exports: entries } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const names = Object.keys(entries).filter((name) => !/\*|json/.test(name))

it.each(names)('%s can be imported where there is no page, and leaves nothing behind', (name) => {
  const file = path.join(root, entries[name].default)
  const script = `
    const before = Reflect.ownKeys(globalThis).length
    await import(${JSON.stringify(file)})
    console.log(Reflect.ownKeys(globalThis).length - before)
  `
  const args = ['--input-type=module', '--eval', script]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('0')
})
