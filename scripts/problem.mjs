// @ts-check
/** Errors that a person can put right: shown as their message alone, without a stack. */

export class Problem extends Error {}

/**
 * Runs a script's main function. Sets the exit code instead of calling `process.exit`, which can cut off output.
 *
 * @param {() => void | Promise<void>} main
 */
export async function run(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Problem ? `\n${error.message}` : error)
    process.exitCode = 1
  }
}
