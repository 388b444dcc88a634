/** How long in ms a file may take to come. */
const LIMIT_MS = 10_000

/**
 * Loads code that only some pages need, with the first call that needs it. What cannot be loaded is asked for again
 * with the next call.
 *
 * @param ask imports the code
 * @returns the code; rejects with an Error where it does not come, or takes too long
 */
export function loadOnce<Code>(ask: () => Promise<Code>): () => Promise<Code> {
  let loading: Promise<Code> | undefined
  return () => {
    loading ??= inTime(ask()).catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

function inTime<Code>(code: Promise<Code>): Promise<Code> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS)
  })
  return Promise.race([code, late])
}
