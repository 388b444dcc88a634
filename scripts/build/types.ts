/**
 * One declaration file per entry, so that types resolve under every module setting. What the main entry exports is in its
 * file alone.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { localBin } from '../local-bin'
import { root } from '../paths'
import { BRIDGES } from './bridges'
import { shareTypes } from './share-types'

const DECLARATIONS = path.join(root, '.cache/declarations')

/** A page's code and a worker's have different globals, so each is emitted under its own settings. */
const PROJECTS = ['src/tsconfig.json', 'sw/tsconfig.json', 'src/build/tsconfig.json']

/** Entry of the package to its declaration file below the emitted tree. */
const ENTRIES = {
  index: 'src/index.d.ts',
  exceptions: 'src/exceptions.d.ts',
  pageviews: 'src/pageviews.d.ts',
  'tracing-headers': 'src/tracing-headers.d.ts',
  'web-vitals': 'src/web-vitals.d.ts',
  'web-context': 'src/web-context.d.ts',
  relay: 'src/relay.d.ts',
  uninstall: 'src/uninstall.d.ts',
  inspector: 'src/inspector.d.ts',
  'posthog-js': 'src/posthog-js.d.ts',
  'posthog-compat': 'src/posthog-compat.d.ts',
  node: 'src/node.d.ts',
  worker: 'sw/install.d.ts',
  vite: 'src/build/vite.d.ts',
  ...Object.fromEntries(BRIDGES.map((bridge) => [`relay-${bridge}`, `src/bridges/${bridge}.d.ts`])),
}

/** Whose settings an entry is rolled up under. */
const ROOM: Record<string, string> = { worker: 'sw', vite: 'src/build' }

/** @param folder where the rolled-up files go */
export function writeTypes(folder: string) {
  rmSync(DECLARATIONS, { recursive: true, force: true })
  const emit = [
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    root,
    '--outDir',
    DECLARATIONS,
  ]
  for (const project of PROJECTS) {
    const args = [localBin('tsc'), '-p', path.join(root, project), ...emit]
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  }
  for (const [name, file] of Object.entries(ENTRIES))
    rollUp(path.join(folder, `${name}.d.ts`), name, path.join(DECLARATIONS, file))
  const textOf = (name: string) => readFileSync(path.join(folder, `${name}.d.ts`), 'utf8')
  const main = textOf('index')
  const relay = textOf('relay')
  for (const [name, entry] of Object.entries(ENTRIES).filter(([name]) => name !== 'index')) {
    const own = name.startsWith('relay-') ? shareTypes(textOf(name), relay, './relay.js') : textOf(name)
    const shared = shareTypes(own, main, './index.js')
    writeFileSync(path.join(folder, `${name}.d.ts`), [shared, ...globals(path.join(DECLARATIONS, entry))].join('\n'))
  }
}

/** What an entry adds to the platform's types, which the extractor leaves out. */
function globals(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^declare global \{\n[\s\S]*?^\}\n/gm)].map(([text]) => text)
}

const compilers = new Map<string, CompilerState>()

/** One analysis for all entries of a room: each would else take as long as a type check. */
function compilerOf(room: string, config: ExtractorConfig): CompilerState {
  const files = Object.entries(ENTRIES).filter(([name]) => (ROOM[name] ?? 'src') === room)
  const additionalEntryPoints = files.map(([, file]) => path.join(DECLARATIONS, file))
  const known = compilers.get(room) ?? CompilerState.create(config, { additionalEntryPoints })
  compilers.set(room, known)
  return known
}

function rollUp(target: string, name: string, mainEntryPointFilePath: string) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath,
      compiler: { tsconfigFilePath: path.join(root, ROOM[name] ?? 'src', 'tsconfig.json') },
      dtsRollup: { enabled: true, untrimmedFilePath: target },
      apiReport: { enabled: false, reportFileName: 'unused.api.md' },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(root, 'package.json'),
  })
  const compilerState = compilerOf(ROOM[name] ?? 'src', config)
  const problems: string[] = []
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    compilerState,
    messageCallback(message) {
      if (message.logLevel === 'error') problems.push(message.text)
      message.handled = true
    },
  })
  if (!succeeded) throw new Error(`The types of ${name} cannot be rolled up.\n${problems.join('\n')}`)
}
