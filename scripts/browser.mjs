// @ts-check
/** The browsers for the tests: found or installed, and how to launch Chromium. */

import { findChromium, findFirefox, findWebKit } from './find-browser.mjs'
import { installersOf } from './install-browser.mjs'
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
 * @typedef {object} Wanted
 * @property {string} title
 * @property {() => Browser | undefined} find
 * @property {import('./install-browser.mjs').Sources} sources
 * @property {string[]} advice what a person can do where it can be neither found nor installed
 */

/** Playwright's own builds of Firefox and WebKit speak its protocol alone, and these are driven as they come. */
const BROWSERS = /** @satisfies {Record<string, Wanted>} */ ({
  chromium: {
    title: 'Chromium or Chrome',
    find: findChromium,
    sources: { packages: ['chromium'], playwright: 'chromium' },
    advice: [
      "install Chromium or Chrome with the system's package manager or from https://www.google.com/chrome/",
      "set CHROMIUM_PATH to the browser's executable file",
      'on Linux, "npx playwright install --with-deps chromium" adds the system libraries that a browser needs',
    ],
  },
  firefox: {
    title: 'Firefox',
    find: findFirefox,
    sources: { packages: ['firefox-esr'] },
    advice: [
      "install Firefox with the system's package manager or from https://www.mozilla.org/firefox/",
      "set FIREFOX_PATH to the browser's executable file",
    ],
  },
  webkit: {
    title: 'WebKitGTK with its driver, and Xvfb',
    find: findWebKit,
    sources: { packages: ['webkit2gtk-driver', 'xvfb'] },
    advice: ['on Debian or Ubuntu: apt-get install webkit2gtk-driver xvfb', 'elsewhere there is no such browser'],
  },
})

/** @typedef {keyof typeof BROWSERS} BrowserName */

/**
 * Finds a browser or installs it.
 *
 * @param {BrowserName} name
 * @param {object} [ways]
 * @param {() => Browser | undefined} [ways.find]
 * @param {() => import('./install-browser.mjs').Installer[]} [ways.installers]
 * @returns {Browser}
 */
export function ensureBrowser(name, ways = {}) {
  /** @type {Wanted} */
  const { title, advice, sources, ...wanted } = BROWSERS[name]
  const { find = wanted.find, installers = () => installersOf(sources) } = ways
  const present = find()
  if (present) return present

  const tried = []
  for (const { name, install } of installers()) {
    console.error(`No ${title} found; installing (${name}).`)
    const installed = install()
    const browser = find()
    if (browser) return browser
    tried.push(`  ${name}: ${installed ? 'finished, but its browser does not start' : 'failed, see above'}`)
  }
  throw new Problem(
    [
      `These tests need ${title}. None was found, and none could be installed:`,
      ...(tried.length > 0 ? tried : ['  nothing to install it with']),
      'Do one of these, then run the command again:',
      ...advice.map((line) => `  - ${line}`),
    ].join('\n'),
  )
}

export const ensureChromium = () => ensureBrowser('chromium')

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
