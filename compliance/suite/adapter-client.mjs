// @ts-check
/** Calls the adapter over HTTP, as the harness does. */

/** A call that takes longer hangs, in ms. */
const CALL_LIMIT_MS = 60_000

/**
 * @param {string} url
 * @param {string} testId
 */
export function adapterClient(url, testId) {
  /**
   * @param {string} name
   * @param {object} [body]
   * @param {'GET' | 'POST'} [method]
   * @returns {Promise<Record<string, any>>}
   */
  return async function call(name, body, method = 'POST') {
    const response = await fetch(`${url}/${name}?test_id=${testId}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_LIMIT_MS),
    })
    const answer = await response.json()
    if (response.status >= 400) throw new Error(`/${name} answered ${response.status}: ${answer.error}`)
    return answer
  }
}
