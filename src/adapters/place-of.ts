/** A URL as it may be shown: a query may hold what is nobody else's business, the state of a login say. */
export function placeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
