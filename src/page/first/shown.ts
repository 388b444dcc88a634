/** Resolves once the page is shown. A prerendered page may never be: no visitor has seen anything until then. */
export function shown(): Promise<void> {
  if (!(document as { prerendering?: boolean }).prerendering) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener('prerenderingchange', () => resolve(), { once: true }))
}
