/** Statuses a client may try again after; the answer says when. */
const RETRYABLE = new Set([408, 500, 503, 504])

/** The real server asks for a minute; a demo that pauses for a minute shows nothing. */
export const RETRY_AFTER_SECONDS = 1

export interface Reply {
  status: number
  headers?: Record<string, string>
  /** Text, or what is to be made JSON. */
  body?: unknown
}

/** @param retryAfter seconds */
export function v1Error(status: number, tag: string, description: string, retryAfter?: number): Reply {
  const seconds = retryAfter ?? (RETRYABLE.has(status) ? RETRY_AFTER_SECONDS : undefined)
  return {
    status,
    headers: seconds === undefined ? {} : { 'Retry-After': String(seconds) },
    body: { error: tag, error_description: description, error_uri: 'https://posthog.com/docs/api' },
  }
}
