/** A URL without its query, for messages: a query may hold secrets, such as the state of a login. */
export function placeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
