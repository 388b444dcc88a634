import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../paths'
import { packageReadme } from './package-readme'

const packed = { version: '1.2.3', repository: undefined, isPacked: (file: string) => file.startsWith('docs/') }

it('leads to the package where there is no repository, and nowhere where the file is in neither', () => {
  expect(
    packageReadme('[all](docs/options.md#a) and [these](examples), [top](#top), [x](https://x.test)', packed),
  ).toBe('[all](https://unpkg.com/outlast@1.2.3/docs/options.md#a) and these, [top](#top), [x](https://x.test)')
  expect(packageReadme('<img src="docs/a.png">', packed)).toBe('<img src="https://unpkg.com/outlast@1.2.3/docs/a.png">')
})

it('leads to the repository at the tag of the version', () => {
  const places = { ...packed, repository: 'git+https://git.test/a/outlast.git' }
  expect(packageReadme('[these](examples) <img src="docs/a.png">', places)).toBe(
    '[these](https://git.test/a/outlast/blob/v1.2.3/examples) <img src="https://git.test/a/outlast/raw/v1.2.3/docs/a.png">',
  )
})

it('leaves no relative link in the README', () => {
  const readme = packageReadme(readFileSync(path.join(root, 'README.md'), 'utf8'), packed)
  const links = [...readme.matchAll(/\]\(([^)]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(([, a, b]) => a ?? b)
  // What a page of the example loads is the site's own.
  expect(
    links.filter((link) => !/^(#|https:)/.test(link ?? '')).filter((link) => link !== '/__outlast/outlast.js'),
  ).toEqual([])
})
