/** What each SDK's page offers to a test. */

export interface SdkPage {
  /** Has the SDK send something that names this. */
  capture(id: string): void
  /** How many events the SDK itself still keeps to send. */
  queued(): number | Promise<number>
}

/** What the test has put into the page's address. */
export interface Asked {
  /** The origin of the server. */
  host: string
  /** Without it the SDK is as its users have it without outlast. */
  bridged: boolean
  /** Options of the bridge. */
  options?: Record<string, never>
  /** Whether a `beforeSend` of the bridge makes "hidden" of each "secret". */
  hides?: boolean
}

declare global {
  interface Window {
    sdk: SdkPage
  }
}

export const asked: Asked = JSON.parse(new URLSearchParams(location.search).get('asked') ?? '{}')
const textOf = (body: unknown) => (body instanceof Uint8Array ? new TextDecoder().decode(body) : `${body}`)
const beforeSend = (request: { body?: unknown }) => ({
  ...request,
  body: textOf(request.body).replaceAll('secret', 'hidden'),
})
if (asked.hides) Object.assign(asked.options ?? {}, { beforeSend })

/** Entries of lists that are kept in localStorage under keys that begin like this. */
export function keptUnder(prefix: string): number {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .reduce((sum, key) => sum + (JSON.parse(localStorage.getItem(key) ?? '[]') as unknown[]).length, 0)
}
