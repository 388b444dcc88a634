/** What a story waits for: on its pages, and at the collector. */

import type { Page } from '../engines/engine'
import type { Destination } from './destination'
import { until } from './until'

/** The longest a story waits for one thing, in ms. The slowest here wait for a browser's own retry. */
const PATIENCE_MS = 60_000

/** @param missing what was captured and has not arrived */
export function waitsFor(collector: Destination, missing: () => Promise<string[]>) {
  return {
    /** Waits until the page's queue has a host, and tells which. */
    async ready(page: Page) {
      // A page's load event waits for its module scripts, but a page that opened by itself is awaited by nobody.
      await until(() => page.evaluate(() => window.outlast !== undefined).catch(() => false), PATIENCE_MS)
      return page.evaluate(() => window.outlast.ready)
    },

    /**
     * Has the page become that other page.
     *
     * @param leave begins it, in the page, whose answer may be lost with the page
     * @param argument is given to `leave`
     */
    async goes<Argument = undefined>(
      page: Page,
      path: string,
      leave: (argument: Argument) => void,
      argument?: Argument,
    ) {
      const answer = await page.evaluate(leave, argument).catch(String)
      const there = () => page.evaluate(() => document.readyState === 'complete' && location.pathname)
      // In between there is no page that could answer.
      const arrived = await until(async () => (await there().catch(() => undefined)) === path, PATIENCE_MS)
      if (!arrived) throw new Error(`the page never became ${path}: ${answer ?? 'it was asked to'}`)
    },

    /** Waits until all that was captured is committed. */
    async committed(page: Page) {
      await page.evaluate(() => window.outlast.stats())
    },

    /** Waits until everything captured so far has been received. */
    async delivered() {
      await until(async () => (await missing()).length === 0, PATIENCE_MS)
    },

    /** Waits until the collector has seen that many requests. */
    async requested(count: number) {
      await until(async () => (await collector.stats()).requests + (await collector.stats()).held >= count, PATIENCE_MS)
    },

    /** Waits until the collector holds no request any more: whoever sent it has gone. */
    async released() {
      await until(async () => (await collector.stats()).held === 0, PATIENCE_MS)
    },

    /** Waits until the queue says that it is empty: what would come twice has come by then. Resolves with what was dropped, by its reason. */
    async drained(page: Page) {
      await until(() => page.evaluate(async () => (await window.outlast.pending()) === 0), PATIENCE_MS)
      const { dropped } = await page.evaluate(() => window.outlast.stats())
      return dropped
    },
  }
}
