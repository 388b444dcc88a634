/** The built library in real Chromium: a browser context of its own, with page and worker, for each test. */

import { type Browser, chromium, type Page } from 'playwright'
import { LIGHT_WINDOWS } from '../../../e2e/browser'
import { chromiumLaunchOptions } from '../../../scripts/browsers/browser'
import type { Engine, Instance, Method, Outcome } from './engine'
import type { Passage } from './gateway'
import { createPool } from './pool'
import { pageFiles, startSite } from './site'

/** Contexts opened ahead, so that `/init` need not wait for one. */
const WARM = 3

/** Delays are measured to the tenth of a second, and no page here is in front. */
const STEADY_TIMERS = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

interface Tab {
  page: Page
  /** Set once something in it has broken. */
  failure: { reason: string | undefined }
  close: () => Promise<void>
}

export async function startChromiumEngine(): Promise<Engine> {
  const site = await startSite(await pageFiles())
  const { executablePath, args } = chromiumLaunchOptions()
  // Whoever started this engine ends it, and the adapter before it.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const browser = await chromium.launch({
    executablePath,
    args: [...args, ...STEADY_TIMERS, LIGHT_WINDOWS],
    ...signals,
  })
  const pool = createPool({
    size: WARM,
    make: () => openTab(browser, site.url),
    usable: (tab: Tab) => tab.failure.reason === undefined,
    unmake: (tab) => tab.close(),
  })
  return {
    name: 'chromium',
    async open({ apiKey, target, testId, options }) {
      const passage = site.gateway.open({ target, testId })
      let tab: Tab | undefined
      try {
        tab = await pool.take()
        const opened = await drive(tab, 'open', {
          apiKey,
          options: { ...options, host: site.url + passage.path },
          wanted: 'worker',
        })
        if (!opened.ok) throw new Error(opened.reason)
        if (opened.host !== 'worker') throw new Error(`the queue is in the ${opened.host}, not in the worker`)
        return { ok: true, instance: instanceOf(tab, passage) }
      } catch (error) {
        passage.close()
        await tab?.close()
        return { ok: false, status: 500, reason: `no SDK in the browser: ${messageOf(error)}` }
      }
    },
    async close() {
      await pool.close().catch((error) => console.error(`Closing the pages ahead failed: ${messageOf(error)}`))
      await browser.close()
      await site.close()
    },
  }
}

function instanceOf(tab: Tab, passage: Passage): Instance {
  return {
    log: passage.log,
    call: (method, argument) => drive(tab, method, argument),
    async discard() {
      passage.close()
      await tab.close()
    },
  }
}

async function openTab(browser: Browser, url: string): Promise<Tab> {
  const context = await browser.newContext()
  const failure: Tab['failure'] = { reason: undefined }
  const fail = (reason: string) => {
    failure.reason ??= reason
  }
  const page = await context.newPage()
  page.on('crash', () => fail('the page has crashed'))
  page.on('pageerror', (error) => fail(`an uncaught error in the page: ${error.message}`))
  context.on('close', () => fail('the browser context was closed'))
  await page.goto(url)
  const installed = () => (globalThis as DrivenPage).installed
  await page.evaluate(installed).catch((error) => fail(`no worker could be installed: ${messageOf(error)}`))
  if (!(await page.evaluate(() => 'driver' in globalThis))) fail('the library could not be loaded')
  return { page, failure, close: () => context.close() }
}

/** What page/boot.js leaves there. */
type DrivenPage = typeof globalThis & {
  driver: Record<Method | 'open', (argument?: object) => Outcome | Promise<Outcome>>
  installed: Promise<void>
}

async function drive({ page, failure }: Tab, method: Method | 'open', argument?: object): Promise<Outcome> {
  try {
    if (failure.reason !== undefined) throw new Error(failure.reason)
    const call = { method, argument }
    const outcome = await page.evaluate(
      (given) => (globalThis as DrivenPage).driver[given.method](given.argument),
      call,
    )
    if (failure.reason !== undefined) throw new Error(failure.reason)
    return outcome
  } catch (error) {
    return { ok: false, status: 500, reason: `${method}: ${failure.reason ?? messageOf(error)}` }
  }
}

function messageOf(error: unknown) {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
}
