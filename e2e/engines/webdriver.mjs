// @ts-check
/** Contexts and pages over WebDriver, which knows one current window at a time. */

import { until } from '../replays/until.mjs'

/** @typedef {import('./engine.mjs').Page} Page */
/** @typedef {import('./engine.mjs').Context} Context */

/** @typedef {{ send: (command: string, parameters?: object) => Promise<any> }} Wire */

export class WebDriverError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** How long a script or a navigation may take, in ms. */
const PATIENCE_MS = 60_000

/** WebDriver hands a script its arguments and, last, the function that takes the result. */
const SCRIPT = (/** @type {Function} */ work) => `
  const [argument, done] = arguments
  new Promise((resolve) => resolve((${work})(argument))).then(
    (value) => done({ value }),
    (error) => done({ error: error + "\\n" + error?.stack }),
  )`

/**
 * @param {Wire} wire
 * @param {object} capabilities
 */
export async function openSession(wire, capabilities) {
  const started = await wire.send('NewSession', { capabilities: { alwaysMatch: capabilities } })
  await wire.send('SetTimeouts', { script: PATIENCE_MS, pageLoad: PATIENCE_MS })
  // Commands need a current window that exists; this one is nobody's page and stays.
  const [home] = await wire.send('GetWindowHandles')
  /** @type {Map<Page, string>} */
  const handles = new Map()
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()

  /**
   * Commands for a page go between two others' only: whoever switches the window has it until the end.
   *
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  function alone(work) {
    const done = last.then(work)
    last = done.catch(() => undefined) // Its caller hears of it.
    return done
  }

  /**
   * @template T
   * @param {string | undefined} handle
   * @param {() => Promise<T>} work
   */
  function at(handle, work) {
    return alone(async () => {
      // Not to the front: a page must not be hidden because a script runs in another.
      await wire.send('SwitchToWindow', { handle, focus: false })
      return work()
    })
  }

  /** @template T @param {() => Promise<T>} work */
  const atHome = (work) => at(home, work)

  const openWindow = () => atHome(async () => (await wire.send('NewWindow', { type: 'window' })).handle)

  const windowHandles = () => alone(() => wire.send('GetWindowHandles'))

  /**
   * @param {string} handle
   * @returns {Page}
   */
  function pageOf(handle) {
    const within = (/** @type {() => Promise<any>} */ work) => at(handle, work)
    /** @type {Page} */
    const page = {
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

  /**
   * @param {() => Promise<string>} [openPage] resolves with its handle
   * @returns {Context}
   */
  function newContext(openPage = openWindow) {
    /** @type {Page[]} */
    const pages = []
    const take = (/** @type {string} */ handle) => {
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

  /** @param {() => Promise<unknown>} open */
  async function handleOfNew(open) {
    const before = await windowHandles()
    await open()
    let handle
    const found = await until(async () => {
      handle = (await windowHandles()).find((/** @type {string} */ one) => !before.includes(one))
      return handle !== undefined
    }, PATIENCE_MS)
    if (!found) throw new Error('no page was opened')
    return /** @type {string} */ (/** @type {unknown} */ (handle))
  }

  return {
    capabilities: started.capabilities,
    newContext,
    atHome,
    handleOfNew,
    /** Puts another tab in front of the page. @param {Page} page */
    openTabBeside: (page) => at(handles.get(page), () => wire.send('NewWindow', { type: 'tab', focus: true })),
  }
}

/** @typedef {Awaited<ReturnType<typeof openSession>>} Session */
