/** Contexts and pages over WebDriver, which knows one current window at a time. */

import { until } from '../replays/until'
import type { Context, Page } from './engine'
import { pageCode } from './page-code'

export interface Wire {
  send: <Result = unknown>(command: string, parameters?: object) => Promise<Result>
}

export class WebDriverError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** How long a script or a navigation may take, in ms. */
const PATIENCE_MS = 60_000

/** WebDriver hands a script its arguments and, last, the function that takes the result. */
const script = (work: (argument: never) => unknown) => `
  const [argument, done] = arguments
  new Promise((resolve) => resolve((${pageCode(work)})(argument))).then(
    (value) => done({ value }),
    (error) => done({ error: error + "\\n" + error?.stack }),
  )`

export async function openSession(wire: Wire, capabilities: object) {
  const started = await wire.send<{ capabilities: { browserVersion: string } }>('NewSession', {
    capabilities: { alwaysMatch: capabilities },
  })
  await wire.send('SetTimeouts', { script: PATIENCE_MS, pageLoad: PATIENCE_MS })
  // Commands need a current window that exists; this one is nobody's page and stays.
  const [home] = await wire.send<string[]>('GetWindowHandles')
  const handles = new Map<Page, string>()
  let last: Promise<unknown> = Promise.resolve()

  /** Commands for a page go between two others' only: whoever switches the window has it until the end. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => undefined) // Its caller hears of it.
    return done
  }

  function at<T>(handle: string | undefined, work: () => Promise<T>) {
    return alone(async () => {
      // Not to the front: a page must not be hidden because a script runs in another.
      await wire.send('SwitchToWindow', { handle, focus: false })
      return work()
    })
  }

  const atHome = <T>(work: () => Promise<T>) => at(home, work)

  const openWindow = () =>
    atHome(async () => (await wire.send<{ handle: string }>('NewWindow', { type: 'window' })).handle)

  const windowHandles = () => alone(() => wire.send<string[]>('GetWindowHandles'))

  function pageOf(handle: string): Page {
    const within = <T>(work: () => Promise<T>) => at(handle, work)
    const page: Page = {
      evaluate: <Result>(work: (argument: never) => Result | Promise<Result>, argument?: unknown) =>
        within(async () => {
          const { value, error } = await wire.send<{ value?: Result; error?: string }>('ExecuteAsync', {
            script: script(work),
            args: [argument ?? null],
          })
          if (error !== undefined) throw new Error(error)
          return (value ?? undefined) as Result
        }),
      goto: (url) => within(() => wire.send('Navigate', { url })),
      close: () =>
        within(async () => void (await wire.send('CloseWindow'))).catch((error) => {
          if (!(error instanceof WebDriverError) || error.code !== 'no such window') throw error // It is closed, which was wanted.
        }),
    }
    handles.set(page, handle)
    return page
  }

  /** @param openPage resolves with its handle */
  function newContext(openPage: () => Promise<string> = openWindow): Context {
    const pages: Page[] = []
    const take = (handle: string) => {
      const page = pageOf(handle)
      pages.push(page)
      return page
    }
    return {
      newPage: async () => take(await openPage()),
      opened: async (open) => take(await handleOfNew(open)),
      async closed(page) {
        const gone = async () => !(await windowHandles()).some((one) => one === handles.get(page))
        if (!(await until(gone, PATIENCE_MS))) throw new Error('the page did not close itself')
      },
      async close() {
        for (const page of pages) await page.close()
      },
    }
  }

  async function handleOfNew(open: () => Promise<unknown>) {
    const before = await windowHandles()
    await open()
    const opened: string[] = []
    await until(async () => {
      opened.push(...(await windowHandles()).filter((one) => !before.includes(one)))
      return opened.length > 0
    }, PATIENCE_MS)
    const [handle] = opened
    if (handle === undefined) throw new Error('no page was opened')
    return handle
  }

  return {
    capabilities: started.capabilities,
    newContext,
    atHome,
    handleOfNew,
    /** Puts another tab in front of the page. */
    openTabBeside: (page: Page) => at(handles.get(page), () => wire.send('NewWindow', { type: 'tab', focus: true })),
  }
}

export type Session = Awaited<ReturnType<typeof openSession>>
