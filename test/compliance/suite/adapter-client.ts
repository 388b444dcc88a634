/** Calls the adapter over HTTP, as the harness does. */

/** A call that takes longer hangs, in ms. */
const CALL_LIMIT_MS = 60_000

/** What the adapter answers; each call has some of it. */
export interface AdapterAnswer {
  error?: string
  [name: string]: unknown
}

export function adapterClient(url: string, testId: string) {
  return async function call(name: string, body?: object, method: 'GET' | 'POST' = 'POST'): Promise<AdapterAnswer> {
    const response = await fetch(`${url}/${name}?test_id=${testId}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    })
    const answer: AdapterAnswer = await response.json()
    if (response.status >= 400) throw new Error(`/${name} answered ${response.status}: ${answer.error}`)
    return answer
  }
}
