/** Resolves once the page is really shown: a prerendered one may never be, and nothing has happened to anyone yet. */
export function shown(): Promise<void> {
  if (!(document as { prerendering?: boolean }).prerendering) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener('prerenderingchange', () => resolve(), { once: true }))
}
