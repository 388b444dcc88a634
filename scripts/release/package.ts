/** Checks the package as it would be published: its files, its package.json, and whether its types resolve. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { npmCommand } from '../bootstrap/npm.mjs'
import { foreignImports } from '../build/declarations'
import { localBin } from '../local-bin'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { packedFileProblems } from './packed-files'

await run(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'outlast-package-'))
  try {
    // Packed once: all checks look at the same file, the one that would be published.
    const { tarball, files } = pack(folder)
    const problems = [
      ...packedFileProblems(files),
      ...declarationProblems(files),
      ...(await publintProblems(tarball)),
      ...typeResolutionProblems(tarball),
    ]
    if (problems.length > 0) throw new Problem(`The package is not fit to publish:\n  ${problems.join('\n  ')}`)
    console.log(`The package is fine: ${files.length} files.`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function pack(folder: string): { tarball: string; files: string[] } {
  // Without lifecycle scripts, which may build again and write to stdout.
  const { file, args, shell } = npmCommand(['pack', '--json', '--ignore-scripts', '--pack-destination', folder])
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, shell, encoding: 'utf8' })
  if (status !== 0) throw new Problem(`"npm pack" failed:\n${stderr}`)
  const [packed]: [{ filename: string; files: { path: string }[] }] = JSON.parse(stdout)
  return { tarball: path.join(folder, packed.filename), files: packed.files.map(({ path: name }) => name) }
}

function declarationProblems(files: string[]): string[] {
  return files
    .filter((file) => file.endsWith('.d.ts'))
    .flatMap((file) =>
      foreignImports(readFileSync(path.join(root, file), 'utf8')).map(
        (name) => `${file} refers to types of "${name}", which the package does not bring`,
      ),
    )
}

async function publintProblems(tarball: string): Promise<string[]> {
  const content = readFileSync(tarball)
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: new Uint8Array(content).buffer } })
  for (const message of messages.filter(({ type }) => type === 'suggestion')) {
    console.log(`publint suggests: ${formatMessage(message, pkg, { color: false })}`)
  }
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`)
}

/** "Are the types wrong?", for a package of ES modules only. */
function typeResolutionProblems(tarball: string): string[] {
  // --no-definitely-typed: the package has its own types, so there is nothing to ask the registry for.
  const args = [localBin('attw'), tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji']
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  return status === 0 ? [] : ['attw: types do not resolve everywhere, see its table above']
}
