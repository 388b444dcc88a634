/**
 * `npm run release` checks that the version in package.json can be released, and packs it as a rehearsal. With
 * `--publish` it is published with provenance, which npm shows as the commit and the build that the files came from;
 * only a CI job that may prove who it is can sign that (npm's "Generating provenance statements").
 */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { npmCommand } from '../bootstrap/npm.mjs'
import { commandLine } from '../command-line'
import { root } from '../paths'
import { Problem, run } from '../problem'
import { releaseProblems } from './release-problems'

await run(() => {
  const { publish } = commandLine(import.meta.url, { publish: { type: 'boolean', default: false } })
  const { version, repository } = JSON.parse(read('package.json'))
  const problems = releaseProblems({
    version,
    repository,
    publish,
    changelog: read('CHANGELOG.md'),
    changed: git('status', '--porcelain'),
    tags: git('tag', '--points-at', 'HEAD').split('\n'),
    env: process.env,
  })
  if (problems.length > 0) throw new Problem(`${version} cannot be released:\n  ${problems.join('\n  ')}`)
  npm('test')
  npm('publish', '--access', 'public', publish ? '--provenance' : '--dry-run')
  console.log(publish ? `${version} is published.` : `${version} is fit to be published.`)
})

function read(file: string) {
  return readFileSync(path.join(root, file), 'utf8')
}

function git(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Problem(`"git ${args.join(' ')}" failed:\n${stderr}`)
  return stdout.trim()
}

function npm(...given: string[]) {
  const { file, args, shell } = npmCommand(given)
  const { status } = spawnSync(file, args, { cwd: root, shell, stdio: 'inherit' })
  if (status !== 0) throw new Problem(`"npm ${given.join(' ')}" failed`)
}
