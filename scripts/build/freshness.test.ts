import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { needsBuild } from './freshness'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outlast-freshness-'))
  file('src/core/a.ts', 100)
})

afterEach(() => rmSync(folder, { recursive: true }))

/** @param time of its last change, in s */
function file(name: string, time: number) {
  const full = path.join(folder, name)
  mkdirSync(path.dirname(full), { recursive: true })
  writeFileSync(full, '')
  utimesSync(full, time, time)
}

it('builds where nothing is built', () => {
  expect(needsBuild(folder)).toBe(true)
  mkdirSync(path.join(folder, 'dist'))
  expect(needsBuild(folder)).toBe(true)
})

it('builds after a change of what the build reads', () => {
  file('dist/index.js', 200)
  file('dist-demo/index.html', 200)
  expect(needsBuild(folder)).toBe(false)
  for (const source of [
    'sw/worker.ts',
    'demo/main.ts',
    'index.html',
    'tsconfig.base.json',
    'vite.config.ts',
    'package.json',
  ]) {
    file(source, 300)
    expect(needsBuild(folder), source).toBe(true)
    file(source, 100)
  }
})

it('does not build after a change of anything else', () => {
  file('dist/index.js', 200)
  file('dist-demo/index.html', 200)
  file('src/core/a.test.ts', 300)
  file('e2e/playwright.config.ts', 300)
  file('README.md', 300)
  expect(needsBuild(folder)).toBe(false)
})
