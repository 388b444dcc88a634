// @ts-check
/** The browser for the tests: found or installed, and how to launch it. */

import { findChromium, findFirefox, findWebKit } from './find-browser.mjs'
import { chromiumInstallers } from './install-chromium.mjs'
import { Problem } from './problem.mjs'

export { findChromium, findFirefox, findWebKit }

/** @typedef {import('./find-browser.mjs').Browser} Browser */

// No traffic but the tests' own, and no HTTP/3, which the tests cannot intercept.
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/**
 * Finds Chromium or installs it.
 *
 * @param {object} [ways]
 * @param {() => Browser | undefined} [ways.find]
 * @param {() => import('./install-chromium.mjs').Installer[]} [ways.installers]
 * @returns {Browser}
 */
export function ensureChromium({ find = findChromium, installers = chromiumInstallers } = {}) {
  const present = find()
  if (present) return present

  const tried = []
  for (const { name, install } of installers()) {
    console.log(`No Chromium or Chrome found; installing one (${name}).`)
    const installed = install()
    const browser = find()
    if (browser) return browser
    tried.push(`  ${name}: ${installed ? 'finished, but its browser does not start' : 'failed, see above'}`)
  }
  throw new Problem(
    [
      'The browser tests need Chromium or Chrome. None was found, and none could be installed:',
      ...tried,
      'Do one of these, then run the command again:',
      "  - install Chromium or Chrome with the system's package manager or from https://www.google.com/chrome/",
      "  - set CHROMIUM_PATH to the browser's executable file",
      '  - on Linux, "npx playwright install --with-deps chromium" adds the system libraries that a browser needs',
    ].join('\n'),
  )
}

/**
 * For Playwright's `launchOptions`, of tests that start after `ensureChromium`.
 *
 * @returns {{ executablePath: string, args: string[] }}
 */
export function chromiumLaunchOptions() {
  // Already tried by `npm test` where it is set; every Playwright worker calls this, so no need to start it again.
  const executablePath = process.env.CHROMIUM_PATH || findChromium()?.path
  if (!executablePath) {
    throw new Problem('No Chromium or Chrome found. "npm test" installs one; or set CHROMIUM_PATH to one.')
  }
  return { executablePath, args: chromiumArgs(process.getuid?.() === 0) }
}

/**
 * Chromium's sandbox refuses to run as root, as in most containers.
 *
 * @param {boolean} isRoot
 */
export function chromiumArgs(isRoot) {
  return isRoot ? ['--no-sandbox', ...QUIET] : QUIET
}
