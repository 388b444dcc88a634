/**
 * Functions that a page runs are sent to it as text. tsx has esbuild keep the names of inner functions by calls of a
 * helper, `__name`, which stands at the top of the file that the function is from, and in no page.
 */

const HELPER = '(value) => value'

/** The function as an expression that brings the helper along. */
export function pageCode(work: (...given: never[]) => unknown): string {
  return `((__name) => (${work}))(${HELPER})`
}

/** For a driver that turns functions into text itself: run at the start of each page. */
export const PAGE_CODE_HELPER = `globalThis.__name = ${HELPER}`
