// @ts-check
/**
 * A browser as the stories see it: the part of Playwright's interface that they need, so that Chromium is Playwright
 * itself, and what not every engine can do.
 */

import { Problem } from '../../scripts/problem.mjs'

/**
 * @typedef {object} Page
 * @property {<Result, Argument = undefined>(work: (argument: Argument) => Result | Promise<Result>, argument?: Argument) => Promise<Result>} evaluate
 *   runs the function, which sees nothing but its argument, in the page
 * @property {(url: string) => Promise<unknown>} goto
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Context
 * @property {() => Promise<Page>} newPage
 * @property {(open: () => Promise<unknown>) => Promise<Page>} opened the page that `open` makes another page open
 * @property {(page: Page) => Promise<void>} closed resolves when the page has closed itself
 * @property {() => Promise<void>} close
 * @property {(on: boolean) => Promise<void>} [setOffline]
 * @property {(page: Page) => Promise<void>} [hide] puts another tab in front of the page
 */

/** What some engines can, and a story may need, in words for whoever reads that it was skipped. */
export const ABILITIES = {
  backgroundSync: 'Background Sync',
  crash: 'a way to crash the process of a page',
  hide: 'a way to put another tab in front',
  privateWindow: 'a private window beside others',
  stopWorkers: 'a way to stop a worker',
}

/** @typedef {keyof typeof ABILITIES} Ability */

/** @typedef {{ context: Context, kill: () => Promise<void>, errors: () => Promise<string[]> }} Killable */

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {() => Promise<Context>} newContext
 * @property {() => Promise<string[]>} errors of pages and workers, since it was last asked
 * @property {() => Promise<void>} close
 * @property {() => Promise<Context>} [newPrivateWindow]
 * @property {(page: Page) => Promise<void>} [crash] ends the process that runs the page
 * @property {(page: Page) => Promise<void>} [stopWorkers] as the browser does with an idle one
 */

/**
 * @typedef {object} Engine
 * @property {EngineName} name
 * @property {Ability[]} can
 * @property {() => Promise<Browser>} launch
 * @property {(profile: string) => Promise<Killable>} launchKillable keeps what it stores in that folder
 */

const ENGINES = /** @satisfies {Record<string, () => Promise<Engine>>} */ ({
  chromium: async () => (await import('./chromium.mjs')).chromium,
  firefox: async () => (await import('./firefox.mjs')).firefox,
  webkit: async () => (await import('./webkit.mjs')).webkit,
})

/** @typedef {keyof typeof ENGINES} EngineName */

/** @param {string} name */
export function engineNamed(name) {
  const load = Object.hasOwn(ENGINES, name) && ENGINES[/** @type {EngineName} */ (name)]
  if (!load) throw new Problem(`There is no engine "${name}"; there are ${Object.keys(ENGINES).join(', ')}.`)
  return load()
}
