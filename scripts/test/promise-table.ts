/** Promises as the titles of tests name them: `P2, P5: what holds`. */

interface Kept {
  promise: number
  file: string
  title: string
}

const TITLE = /(['"`])(P\d+(?:(?:, | to |–)P\d+)*): ((?:(?!\1)[^\\]|\\.)+)\1/g
const LAST = 11

const START = '<!-- promises: written by npm run promises -- --update -->'
const END = '<!-- /promises -->'

/** @param text its source */
export function promisesOf(file: string, text: string): Kept[] {
  return [...text.matchAll(TITLE)].flatMap(([, , names = '', title = '']) =>
    numbersIn(names).map((promise) => ({ promise, file, title: title.replace(/\\(.)/g, '$1') })),
  )
}

/** @param names such as `P2, P4 to P6` */
function numbersIn(names: string) {
  return names.split(', ').flatMap((part) => {
    const [from = 0, to = from] = part.split(/ to |–/).map((name) => Number(name.slice(1)))
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}

/** @returns Markdown */
export function promiseTable(all: Kept[]): string {
  const sections = Array.from({ length: LAST }, (_, index) => {
    const own = all.filter(({ promise }) => promise === index + 1)
    const files = [...new Set(own.map(({ file }) => file))].sort()
    const lists = files.map((file) => {
      const titles = own.filter((one) => one.file === file).map(({ title }) => `  - ${escaped(title)}`)
      return [`- [${file}](../${file})`, ...titles].join('\n')
    })
    const count = `${own.length} ${own.length === 1 ? 'test' : 'tests'}`
    return `<details>\n<summary><b>P${index + 1}</b>: ${count}</summary>\n\n${lists.join('\n')}\n\n</details>`
  })
  return sections.join('\n\n')
}

const escaped = (title: string) => title.replace(/[<>*_|]/g, '\\$&')

export function withTable(page: string, table: string) {
  const [before, rest] = page.split(START)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no ${START} … ${END}`)
  return `${before}${START}\n\n${table}\n\n${END}${after}`
}
