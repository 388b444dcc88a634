// An app's use of the library, type-checked by each version of TypeScript under each way of resolving modules.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(import.meta.url)
const { devDependencies } = require('./package.json')
const versions = Object.keys(devDependencies).filter((name) => name.startsWith('typescript-'))
/** React's own types need TypeScript 5.1. */
const projects = (version) => [
  'tsconfig.json',
  ...(version === 'typescript-5.0' ? [] : ['react-18.json', 'react-19.json']),
]
const WAYS = [
  ['--module', 'ESNext', '--moduleResolution', 'Bundler'],
  ['--module', 'NodeNext', '--moduleResolution', 'NodeNext'],
]

for (const version of versions) {
  const folder = path.dirname(require.resolve(`${version}/package.json`))
  for (const way of WAYS) {
    const bin = path.join(
      folder,
      'bin',
      readdirSync(path.join(folder, 'bin')).find((name) => /^tsc/.test(name)),
    )
    for (const project of projects(version)) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '-p', project, ...way], { encoding: 'utf8' })
      console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${version} ${way[3]} ${project}\n${stdout}${stderr}`.trimEnd())
      if (status !== 0) process.exitCode = 1
    }
  }
}
