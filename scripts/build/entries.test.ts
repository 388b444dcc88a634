import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { expect, it } from 'vitest'
import { root } from '../paths'

const { exports: entries, sideEffects } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
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

/** Those that run when they are imported: a custom element that defines itself. */
const runs = names.filter((name) => sideEffects.includes(entries[name].default))

/** Those that no page loads. */
const inNode = ['./vite', './node']

it.each(names.filter((name) => !runs.includes(name) && !inNode.includes(name)))(
  '%s leaves nothing in a bundle that uses nothing of it',
  async (name) => {
    const result = await build({
      root,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      plugins: [
        {
          name: 'unused',
          resolveId: (id) => (id === 'unused' ? id : null),
          load: (id) => (id === 'unused' ? `import ${JSON.stringify(path.join(root, entries[name].default))}` : null),
        },
      ],
      build: { write: false, rolldownOptions: { input: 'unused', external: /^node:|^vite$/ } },
    })
    const entry = [result]
      .flat()
      .flatMap((one) => ('output' in one ? one.output : []))
      .find((one) => one.type === 'chunk' && one.isEntry)
    expect(entry).toMatchObject({ code: expect.stringMatching(/^\s*$/), imports: [], dynamicImports: [] })
  },
)
