/** Contexts and pages over WebDriver, which knows one current window at a time. */

import { until } from '../replays/until'
import type { Context, Page } from './engine'

export interface Wire {
  send: (command: string, parameters?: object) => Promise<any>
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
const SCRIPT = (work: Function) => `
  const [argument, done] = arguments
  new Promise((resolve) => resolve((${work})(argument))).then(
    (value) => done({ value }),
    (error) => done({ error: error + "\\n" + error?.stack }),
  )`

export async function openSession(wire: Wire, capabilities: object) {
  const started = await wire.send('NewSession', { capabilities: { alwaysMatch: capabilities } })
  await wire.send('SetTimeouts', { script: PATIENCE_MS, pageLoad: PATIENCE_MS })
  // Commands need a current window that exists; this one is nobody's page and stays.
  const [home] = await wire.send('GetWindowHandles')
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

  const openWindow = () => atHome(async () => (await wire.send('NewWindow', { type: 'window' })).handle)

  const windowHandles = () => alone(() => wire.send('GetWindowHandles'))

  function pageOf(handle: string): Page {
    const within = (work: () => Promise<any>) => at(handle, work)
    const page: Page = {
      evaluate: (work, argument) =>
        within(async () => {
          const { value, error } = await wire.send('ExecuteAsync', { script: SCRIPT(work), args: [argument ?? null] })
          if (error !== undefined) throw new Error(error)
          return value ?? undefined
        }),
      goto: (url) => within(() => wire.send('Navigate', { url })),
      close: () =>
        within(() => wire.send('CloseWindow')).catch((error) => {
          if (error.code !== 'no such window') throw error // It is closed, which was wanted.
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
        const gone = async () => !(await windowHandles()).includes(handles.get(page))
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
    let handle
    const found = await until(async () => {
      handle = (await windowHandles()).find((one: string) => !before.includes(one))
      return handle !== undefined
    }, PATIENCE_MS)
    if (!found) throw new Error('no page was opened')
    return handle as unknown as string
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
