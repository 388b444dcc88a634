/**
 * Resolves once a prerendered page is shown, which may never be: no visitor has seen the page until then. `false` or
 * `undefined` for any other page.
 */
export const shown = (): Promise<unknown> | false | undefined =>
  (document as { prerendering?: boolean }).prerendering &&
  new Promise((resolve) => document.addEventListener('prerenderingchange', resolve, { once: true }))
