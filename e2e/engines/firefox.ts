/** Firefox, driven through Marionette. */

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findFirefox } from '../../scripts/browsers/browser'
import { Problem } from '../../scripts/problem'
import { until } from '../replays/until'
import type { Context, Engine, Page } from './engine'
import { newFolder } from './folder'
import { connectMarionette } from './marionette'
import { pageCode } from './page-code'
import { start } from './process'
import { openSession, type Session } from './webdriver'

const START_LIMIT_MS = 60_000

const PREFERENCES = {
  'marionette.port': 0,
  // The collector and the site are on this machine, and offline must mean them too.
  'network.disable-localhost-when-offline': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'browser.sessionstore.resume_from_crash': false,
  'toolkit.startup.max_resumed_crashes': -1,
  // No traffic but the tests' own.
  'app.update.disabledForTesting': true,
  'app.normandy.enabled': false,
  'browser.safebrowsing.provider.mozilla.updateURL': '',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
}

export const firefox: Engine = {
  name: 'firefox',
  can: ['crash', 'stopWorkers', 'hide', 'privateWindow'],
  async launch() {
    const { folder, remove } = await newFolder()
    const { session, chrome, errors, kill } = await launchOn(folder)
    return {
      version: session.capabilities.browserVersion,
      newContext: async () => contextOf(session, chrome),
      newPrivateWindow: async () =>
        contextOf(session, chrome, () => session.handleOfNew(() => chrome(openPrivateWindow))),
      crash: (page) => crash(page, chrome),
      stopWorkers: async () => void (await chrome(stopWorkers)),
      errors,
      async close() {
        await kill()
        await remove()
      },
    }
  },
  async launchKillable(profile) {
    const { session, chrome, errors, kill } = await launchOn(profile)
    return { context: contextOf(session, chrome), errors, crash: (page) => crash(page, chrome), kill }
  },
}

async function launchOn(profile: string) {
  const file = findFirefox()?.path
  if (!file) throw new Problem('No Firefox found. "npm test" installs one where it can.')
  const preferences = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  await writeFile(path.join(profile, 'user.js'), preferences.join('\n'))
  // The last run's port, if it was killed.
  const portFile = path.join(profile, 'MarionetteActivePort')
  await writeFile(portFile, '')
  const switches = ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile]
  const browser = start(file, [...switches, 'about:blank'])
  let port = 0
  const ready = await until(async () => {
    port = Number(await readFile(portFile, 'utf8').catch(() => 0))
    return port > 0 || browser.hasEnded()
  }, START_LIMIT_MS)
  if (!ready || port === 0) {
    await browser.kill()
    throw new Problem(`Firefox does not start:\n${browser.output()}`)
  }
  const wire = await connectMarionette(port)
  const session = await openSession(wire, {})

  const chrome: Chrome = <Args extends unknown[], Result>(
    work: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ) =>
    session.atHome(async () => {
      await wire.send('Marionette:SetContext', { value: 'chrome' })
      try {
        return await wire.send<Result>('ExecuteScript', {
          script: `return ${pageCode(work)}(...arguments)`,
          args,
        })
      } finally {
        await wire.send('Marionette:SetContext', { value: 'content' })
      }
    })

  return {
    session,
    chrome,
    errors: () => chrome(takeErrors),
    async kill() {
      await browser.kill()
      wire.close()
    },
  }
}

/** Runs in the browser's own context. */
type Chrome = <Args extends unknown[], Result>(
  work: (...args: Args) => Result | Promise<Result>,
  ...args: Args
) => Promise<Result>

async function crash(page: Page, chrome: Chrome): Promise<void> {
  const url = await page.evaluate(() => location.href)
  const pid = await chrome(processOf, url)
  if (pid === undefined) throw new Error(`no process runs ${url}`)
  process.kill(pid, 'SIGKILL')
}

function contextOf(session: Session, chrome: Chrome, openWindow?: () => Promise<string>): Context {
  const context = session.newContext(openWindow)
  return {
    ...context,
    setOffline: async (on) => void (await chrome((on: boolean) => (Services.io.offline = on), on)),
    hide: async (page) => void (await session.openTabBeside(page)),
  }
}

/** In the browser's context. The first page of a window that is not ready yet would replace any other. */
function openPrivateWindow() {
  const opened = window.OpenBrowserWindow({ private: true })
  return new Promise((resolve) => {
    const topic = 'browser-delayed-startup-finished'
    const look = (ready: unknown) => {
      if (ready !== opened) return
      Services.obs.removeObserver(look, topic)
      resolve(undefined)
    }
    Services.obs.addObserver(look, topic)
  })
}

/** In the browser's context: the id of the process that runs a page. */
function processOf(url: string) {
  for (const { gBrowser } of Services.wm.getEnumerator('navigator:browser')) {
    const shown = gBrowser.browsers.find(({ currentURI }) => currentURI.spec === url)
    if (shown) return shown.browsingContext.currentWindowGlobal.osPid
  }
}

/** In the browser's context: as about:debugging does it. */
async function stopWorkers() {
  const manager = Cc['@mozilla.org/serviceworkers/manager;1'].getService(Ci.nsIServiceWorkerManager)
  const registrations = manager.getAllRegistrations()
  for (let index = 0; index < registrations.length; index++) {
    const registration = registrations.queryElementAt(index, Ci.nsIServiceWorkerRegistrationInfo)
    await registration.activeWorker?.terminateWorker()
  }
}

/** In the browser's context: script errors of all pages and workers, and what they said with `console.error`. */
function takeErrors() {
  const ours = (source: string) => /^https?:/.test(source)
  const thrown = Services.console.getMessageArray().flatMap((message) => {
    if (!(message instanceof Ci.nsIScriptError) || !ours(message.sourceName)) return []
    const isError = (message.flags & (Ci.nsIScriptError.warningFlag | Ci.nsIScriptError.infoFlag)) === 0
    return isError ? [`${message.errorMessage} (${message.sourceName}:${message.lineNumber})`] : []
  })
  const storage = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage)
  const said = storage
    .getEvents()
    .filter(({ level, filename }) => level === 'error' && ours(filename))
    .map((event) => event.arguments.map(String).join(' '))
  Services.console.reset()
  storage.clearEvents()
  return [...thrown, ...said]
}
