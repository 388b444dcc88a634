/**
 * A browser as the stories see it: the part of Playwright's interface that they need, so that Chromium is Playwright
 * itself, and what not every engine can do.
 */

import { Problem } from '../../scripts/problem'

export interface Page {
  /** Runs the function, which sees nothing but its argument, in the page. */
  evaluate: <Result, Argument = undefined>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ) => Promise<Result>
  goto: (url: string) => Promise<unknown>
  close: () => Promise<void>
}

export interface Context {
  newPage: () => Promise<Page>
  /** The page that `open` makes another page open. */
  opened: (open: () => Promise<unknown>) => Promise<Page>
  /** Resolves when the page has closed itself. */
  closed: (page: Page) => Promise<void>
  close: () => Promise<void>
  setOffline?: (on: boolean) => Promise<void>
  /** Puts another tab in front of the page. */
  hide?: (page: Page) => Promise<void>
}

/** What some engines can, and a story may need, in words for whoever reads that it was skipped. */
export const ABILITIES = {
  backgroundSync: 'Background Sync',
  crash: 'a way to crash the process of a page while the browser goes on',
  hide: 'a way to put another tab in front',
  privateWindow: 'a private window beside others',
  stopWorkers: 'a way to stop a worker',
}

export type Ability = keyof typeof ABILITIES

interface Killable {
  context: Context
  /** Ends the process that runs the page. */
  crash: (page: Page) => Promise<void>
  kill: () => Promise<void>
  errors: () => Promise<string[]>
}

export interface Browser {
  version: string
  newContext: () => Promise<Context>
  /** Errors of pages and workers since this was last called. */
  errors: () => Promise<string[]>
  close: () => Promise<void>
  newPrivateWindow?: () => Promise<Context>
  /** Ends the process that runs the page. */
  crash?: (page: Page) => Promise<void>
  /** Stops all workers, as the browser does with an idle one. */
  stopWorkers?: (page: Page) => Promise<void>
}

export interface Engine {
  name: EngineName
  can: Ability[]
  launch: () => Promise<Browser>
  /** Launches a browser that keeps what it stores in that folder. */
  launchKillable: (profile: string) => Promise<Killable>
}

const ENGINES = {
  chromium: async () => (await import('./chromium')).chromium,
  firefox: async () => (await import('./firefox')).firefox,
  webkit: async () => (await import('./webkit')).webkit,
} satisfies Record<string, () => Promise<Engine>>

export type EngineName = keyof typeof ENGINES

export function engineNamed(name: string) {
  const load = Object.hasOwn(ENGINES, name) && ENGINES[name as EngineName]
  if (!load) throw new Problem(`There is no engine "${name}"; there are ${Object.keys(ENGINES).join(', ')}.`)
  return load()
}
