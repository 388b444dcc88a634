/** How a script ends: well, with an answer, or with what went wrong. */

import { Problem } from './bootstrap/problem.mjs'

export { Problem }

/** Ends a script that was only asked something, such as `--help`: shown, and no failure. */
export class Answer extends Error {}

/** Runs a script's main function. Sets the exit code instead of calling `process.exit`, which can cut off output. */
export async function run(main: () => void | Promise<void>) {
  try {
    await main()
  } catch (error) {
    if (error instanceof Answer) return console.log(error.message)
    console.error(error instanceof Problem ? `\n${error.message}` : error)
    process.exitCode = 1
  }
}
