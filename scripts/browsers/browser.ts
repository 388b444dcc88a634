/** The browsers for the tests: found or installed, and how to launch Chromium. */

import { Problem } from '../problem'
import { type Browser, findChromium, findFirefox, findWebKit } from './find-browser'
import { type Installer, installersOf, type Sources } from './install-browser'

export { findChromium, findFirefox, findWebKit }

// No traffic but the tests' own, and no HTTP/3, which the tests cannot intercept.
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

interface Wanted {
  title: string
  find: () => Browser | undefined
  sources: Sources
  /** What a person can do where it can be neither found nor installed. */
  advice: string[]
}

/** Playwright's own builds of Firefox and WebKit speak its protocol alone, and these are driven as they come. */
const BROWSERS = {
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
} satisfies Record<string, Wanted>

export type BrowserName = keyof typeof BROWSERS

/** Finds a browser or installs it. */
export function ensureBrowser(
  name: BrowserName,
  ways: {
    find?: () => Browser | undefined
    installers?: () => Installer[]
  } = {},
): Browser {
  const { title, advice, sources, ...wanted }: Wanted = BROWSERS[name]
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

/** For Playwright's `launchOptions`, of tests that start after `ensureChromium`. */
export function chromiumLaunchOptions(): { executablePath: string; args: string[] } {
  // Already tried by `npm test` where it is set; every Playwright worker calls this, so no need to start it again.
  const executablePath = process.env.CHROMIUM_PATH || findChromium()?.path
  if (!executablePath) {
    throw new Problem('No Chromium or Chrome found. "npm test" installs one; or set CHROMIUM_PATH to one.')
  }
  return { executablePath, args: chromiumArgs(process.getuid?.() === 0) }
}

/** Chromium's sandbox refuses to run as root, as in most containers. */
export function chromiumArgs(isRoot: boolean) {
  return isRoot ? ['--no-sandbox', ...QUIET] : QUIET
}
