/** Real Chromium for replays and tests, one that can also be killed. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BrowserContext, chromium } from 'playwright'
import { chromiumLaunchOptions } from '../scripts/browsers/browser'

/**
 * Chromium tries a failed Background Sync again after 5 and 15 minutes. Nobody wants to wait for that in a replay: here
 * they are seconds, and nothing else about it is changed.
 */
const SYNC_IN_SECONDS = [
  '--force-fieldtrials=BackgroundSync/Enabled/',
  '--force-fieldtrial-params=BackgroundSync.Enabled:initial_retry_delay_sec/3/retry_delay_factor/2/min_sync_recovery_time_sec/1/max_sync_attempts/5',
]

/**
 * What Chromium does ahead of a user's wishes, and tests have no use for: for each new window the web interface of the address bar's
 * popup (half a second of CPU time), and for each page one more renderer than it has (a tenth of a test's). Chromium takes
 * the last such list, so this one is instead of Playwright's, of which nothing is needed.
 */
export const LIGHT_WINDOWS =
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,SpareRendererForSitePerProcess'

/** @param more further command-line switches */
export async function launch(more: string[] = []) {
  const { executablePath, args } = chromiumLaunchOptions()
  // Playwright turns the back/forward cache off, which every visitor's browser has.
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  return chromium.launch({
    executablePath,
    args: [...args, ...SYNC_IN_SECONDS, LIGHT_WINDOWS, ...more],
    ignoreDefaultArgs,
  })
}

/** A browser with a profile on disk, which `kill` ends as a crash or a power button would: at once, all processes. */
export async function launchKillable(profile: string) {
  const { executablePath, args } = chromiumLaunchOptions()
  const switches = [
    ...args,
    ...SYNC_IN_SECONDS,
    LIGHT_WINDOWS,
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ]
  const child = spawn(executablePath, [...switches, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const endpoint = await devToolsEndpoint(child)
  const browser = await chromium.connectOverCDP(endpoint)
  const context = browser.contexts()[0] as BrowserContext
  return {
    browser,
    context,
    /** Of the browser, and the group of all its processes. */
    pid: child.pid as number,
    async kill() {
      // It may have crashed by itself.
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        process.kill(-(child.pid as number), 'SIGKILL')
        await ended
      }
      await browser.close().catch(() => undefined)
    },
  }
}

/** A browser that nobody drives: it shows one page. */
export function launchUndriven(profile: string, url: string) {
  const { executablePath, args } = chromiumLaunchOptions()
  const switches = [...args, '--headless', `--user-data-dir=${profile}`]
  const child = spawn(executablePath, [...switches, url], { detached: true, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    async kill() {
      process.kill(-(child.pid as number), 'SIGKILL')
      await ended
    },
  }
}

function devToolsEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.once('exit', (code) => reject(new Error(`the browser ended with ${code}:\n${output}`)))
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text
      const found = /DevTools listening on (ws:\S+)/.exec(output)
      if (found?.[1]) resolve(found[1])
    })
  })
}

export async function withProfile<T>(work: (folder: string) => Promise<T>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'outlast-profile-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
