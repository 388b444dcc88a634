import { expect, it } from 'vitest'
import { packageOf } from './notices'

it.each([
  ['/site/node_modules/idb/build/index.js', 'idb'],
  ['/site/node_modules/@scope/name/index.js?v=1', '@scope/name'],
  ['/site/node_modules/outer/node_modules/inner/index.js', 'inner'],
  ['/site/src/adapters/idb-database.ts', undefined],
  ['\0rolldown/runtime.js', undefined],
])('%s is of %s', (id, name) => {
  expect(packageOf(id)).toBe(name)
})
