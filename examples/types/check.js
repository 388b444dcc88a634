// Plain JavaScript, because it runs on the example's own install, which has nothing that runs TypeScript.
// An app's use of the library is type-checked by each version of TypeScript under each way of resolving modules.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import path from 'node:path'

const require = createRequire(import.meta.url)
const { devDependencies } = require('./package.json')
const versions = Object.keys(devDependencies).filter((name) => name.startsWith('typescript-'))
const newest = versions.at(-1)

const WAYS = [
  ['--module', 'ESNext', '--moduleResolution', 'Bundler'],
  ['--module', 'NodeNext', '--moduleResolution', 'NodeNext'],
]
/** React's own types need TypeScript 5.1. */
const projects = (version) => [
  'tsconfig.json',
  ...(version === 'typescript-5.0' ? [] : ['react-18.json', 'react-19.json']),
]
/**
 * The library's declarations are checked by every version, TypeScript's own of the browser by none: that is what took
 * most of the time. React's are many too. With them, only the newest version checks declarations, and the others the
 * app that uses them.
 */
const left = (version, project) =>
  project === 'tsconfig.json' || version === newest ? '--skipDefaultLibCheck' : '--skipLibCheck'

function compiler(version) {
  const folder = path.join(path.dirname(require.resolve(`${version}/package.json`)), 'bin')
  return path.join(
    folder,
    readdirSync(folder).find((name) => /^tsc/.test(name)),
  )
}

const checks = versions.flatMap((version) =>
  WAYS.flatMap((way) =>
    projects(version).map((project) => ({
      name: `${version} ${way[3]} ${project}`,
      args: [compiler(version), '-p', project, ...way, left(version, project)],
    })),
  ),
)

/** Each is a process of its own, and has a core to itself. */
async function work() {
  for (let check = checks.shift(); check; check = checks.shift()) {
    const { name, args } = check
    const said = await new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) => resolve({ error, text: `${stdout}${stderr}` }))
    })
    console.log(`${said.error ? 'FAIL' : 'ok  '} ${name}\n${said.text}`.trimEnd())
    if (said.error) process.exitCode = 1
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work))
