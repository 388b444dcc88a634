// @ts-check
/** How to call npm. */

/**
 * @typedef {object} Command
 * @property {string} file
 * @property {string[]} args
 * @property {boolean} shell
 */

/**
 * Inside `npm start` and `npm test` the very npm that was called is used again: it may not be on the PATH, and
 * Windows has only `npm.cmd` there, which needs a shell.
 *
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform }} [system]
 * @returns {Command}
 */
export function npmCommand(args, { env = process.env, platform = process.platform } = {}) {
  const cli = env.npm_execpath
  if (cli && /npm-cli\.c?js$/.test(cli)) return { file: process.execPath, args: [cli, ...args], shell: false }
  return { file: 'npm', args, shell: platform === 'win32' }
}
