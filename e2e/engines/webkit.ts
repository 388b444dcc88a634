/** WebKitGTK's MiniBrowser: driven through WebKitWebDriver, or by an agent in the page where it has to be killed. */

import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { findWebKit } from '../../scripts/browsers/browser'
import { Problem } from '../../scripts/problem'
import { listen } from '../../test/support/listen'
import { until } from '../replays/until'
import { startAgentServer } from './agent'
import { startDisplay } from './display'
import type { Engine, Page } from './engine'
import { newFolder } from './folder'
import { httpWire } from './http-wire'
import { killInGroup, type Process, start } from './process'
import { openSession } from './webdriver'
import { minimizeAllButFirst } from './x11'

const START_LIMIT_MS = 60_000

/** It writes what pages and workers say to standard error. */
const TELL = '--enable-write-console-messages-to-stdout=true'

/** The process of pages and workers, as Linux names it: cut after 15 characters. */
const PAGE_PROCESS = 'WebKitWebProces'

export const webkit: Engine = {
  name: 'webkit',
  can: ['hide'],
  async launch() {
    const { driver, path: binary } = installed()
    const { folder, remove } = await newFolder()
    const display = await startDisplay()
    const log = path.join(folder, 'console.log')
    const wrapper = path.join(folder, 'browser')
    // The driver throws away what the browser writes.
    await writeFile(wrapper, `#!/bin/sh\nexec '${binary}' "$@" 2>>'${log}'\n`, { mode: 0o755 })
    await writeFile(log, '')
    const port = await freePort()
    const server = start(driver, [`--port=${port}`], { ...display.env, ...homeIn(folder) })
    const wire = httpWire(`http://127.0.0.1:${port}`)
    const ready = await until(
      () => fetch(`http://127.0.0.1:${port}/status`).then(() => true, server.hasEnded),
      START_LIMIT_MS,
    )
    if (!ready || server.hasEnded()) throw new Problem(`WebKitWebDriver does not start:\n${server.output()}`)
    const session = await openSession(wire, {
      'webkitgtk:browserOptions': {
        binary: wrapper,
        args: ['--automation', TELL, '--javascript-can-open-windows-automatically=true'],
      },
    })
    let seen = 0
    return {
      version: session.capabilities.browserVersion,
      newContext: async () => ({ ...session.newContext(), hide: () => minimizeAllButFirst(display.number) }),
      async errors() {
        const text = await readFile(log, 'utf8')
        const fresh = text.slice(seen)
        seen = text.length
        return errorsIn(fresh)
      },
      async close() {
        await wire.send('DeleteSession').catch(() => undefined) // It is killed below in any case.
        await server.kill()
        await display.close()
        await remove()
      },
    }
  },
  /** Under automation everything is forgotten with the browser, so here it runs as a visitor would start it. */
  async launchKillable(profile) {
    const { path: binary } = installed()
    const display = await startDisplay()
    const agent = await startAgentServer()
    let browser: Process | undefined
    const page: Page = {
      evaluate: agent.evaluate,
      async goto(url) {
        const address = new URL(url)
        address.searchParams.set('agent', agent.url)
        browser = start(binary, [TELL, address.href], { ...display.env, ...homeIn(profile) })
        await agent.evaluate(() => undefined)
      },
      close: () => agent.evaluate(() => window.close()),
    }
    const single = () => Promise.reject(new Error('a browser without a driver has one page'))
    return {
      context: { newPage: async () => page, opened: single, closed: single, close: async () => {} },
      errors: async () => errorsIn(browser?.output() ?? ''),
      // A driver's session ends with a page that crashes; here there is none, and one page.
      crash: async () => killInGroup(browser?.pid, PAGE_PROCESS),
      async kill() {
        await browser?.kill()
        await agent.close()
        await display.close()
      },
    }
  },
}

function installed() {
  const found = findWebKit()
  if (!found) throw new Problem('No WebKit found. "npm test" installs one where it can.')
  return found
}

const homeIn = (folder: string) => ({
  XDG_DATA_HOME: path.join(folder, 'data'),
  XDG_CACHE_HOME: path.join(folder, 'cache'),
  XDG_CONFIG_HOME: path.join(folder, 'config'),
})

const errorsIn = (text: string) => text.split('\n').filter((line) => /CONSOLE (?:\w+ )*ERROR/.test(line))

async function freePort(): Promise<number> {
  const server = createServer()
  const { port } = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
