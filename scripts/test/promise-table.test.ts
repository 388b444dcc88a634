import { expect, it } from 'vitest'
import { promisesOf, promiseTable, withTable } from './promise-table'

// In parts, or this very file would keep promises.
const title = (names: string, text: string) => `test('${names}${': '}${text}', () => {})`

it('reads every promise that a title names', () => {
  const found = promisesOf('a.test.ts', title('P2, P4 to P6', "it\\'s kept"))
  expect(found.map(({ promise }) => promise)).toEqual([2, 4, 5, 6])
  expect(found[0]).toEqual({ promise: 2, file: 'a.test.ts', title: "it's kept" })
  expect(promisesOf('a.test.ts', title('P2 is', 'not named so'))).toEqual([])
})

it('lists the tests of each promise below their file, and puts them between the marks', () => {
  const table = promiseTable(promisesOf('e2e/a.spec.ts', `${title('P3', 'one')}\n${title('P3', '<two>')}`))
  expect(table).toContain('<b>P3</b>: 2 tests')
  expect(table).toContain('- [e2e/a.spec.ts](../e2e/a.spec.ts)\n  - one\n  - \\<two\\>')
  expect(table).toContain('<b>P11</b>: 0 tests')
  const page = 'before\n<!-- promises: written by npm run promises -- --update -->\nold\n<!-- /promises -->\nafter'
  const made = withTable(page, 'new')
  expect(made).toContain('before\n')
  expect(made).toContain('\nnew\n')
  expect(made).toContain('\nafter')
  expect(made).not.toContain('old')
  expect(withTable(made, 'new')).toBe(made)
})
