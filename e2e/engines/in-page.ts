/** Code that is the page's own: what a driver runs has other globals than the page in Firefox, and can import nothing. */

import type { Page } from './engine'
import { pageCode } from './page-code'

/** Runs the function, which sees nothing but its argument, in the page, and gives what it returns. */
export const inPage = <Result, Argument = undefined>(
  page: Page,
  work: (argument: Argument) => Result | Promise<Result>,
  argument?: Argument,
): Promise<Result> => runInPage(page, `${pageCode(work)}(${JSON.stringify(argument)})`)

/** Gives what the expression, in the page's own code, comes to. */
export function runInPage<Result>(page: Page, expression: string): Promise<Result> {
  return page.evaluate(async (expression) => {
    const script = document.createElement('script')
    script.textContent = `window.ranInPage = (async () => ${expression})()`
    document.head.append(script)
    script.remove()
    return (window as unknown as { ranInPage: Promise<Result> }).ranInPage
  }, expression)
}
