/** What to wait for until the page is shown. A prerendered page may never be: no visitor has seen anything until then. */
export const shown = (): Promise<unknown> | false | undefined =>
  (document as { prerendering?: boolean }).prerendering &&
  new Promise((resolve) => document.addEventListener('prerenderingchange', resolve, { once: true }))
