/** What the collector may do with a request, and what its answer then looks like. */

export type Answer =
  /** Taken, and said so: v1 with these verdicts in turn. */
  | { kind: 'ok'; afterMs?: number; verdicts?: string[]; retryAfter?: string }
  /** Refused as a whole, or taken all the same where `takes`. */
  | { kind: 'status'; status: number; retryAfter?: string; takes?: boolean; afterMs?: number }
  /** Taken and answered with 200 and a body that is no result. */
  | { kind: 'body'; body: string }
  /** Taken, and the answer breaks off in the middle. */
  | { kind: 'cut' }
  /** Refused as a whole with 400 if an event in it is a culprit, one in so many by its uuid, and taken otherwise. */
  | { kind: 'culprit'; oneIn: number; afterMs?: number }
  /** A page answers in the endpoint's place, with 200, and may not name its type. */
  | { kind: 'page'; named: boolean }
  /** Nobody there, or something on the device that stops the request at once. */
  | { kind: 'unreachable'; afterMs?: number }
  /** Taken, and the connection breaks before the answer. */
  | { kind: 'lost' }
  /** Nothing comes back, whether or not it was taken. */
  | { kind: 'hang'; takes: boolean }

export const OK: Answer = { kind: 'ok' }

/** Whether an event is one for which a server refuses a whole batch. */
const isCulprit = (uuid: string, oneIn: number) => Number.parseInt(uuid.slice(-4), 16) % oneIn === 0

/** A page, as it answers in the endpoint's place. */
export const PAGE = '\n<!doctype html><title>Sign in</title>'

/** What the collector does to this very request. */
export function answerTo(answer: Answer, uuids: readonly string[]): Answer {
  if (answer.kind !== 'culprit') return answer
  const { oneIn, afterMs } = answer
  const isRefused = uuids.some((uuid) => isCulprit(uuid, oneIn))
  return { ...(isRefused ? answer : OK), ...(afterMs === undefined ? {} : { afterMs }) }
}

/** What a server, a proxy or somebody else's page answers where results are expected. */
export const BODIES = [
  '<!doctype html><title>502</title>',
  '',
  'null',
  '[]',
  '{"results":[]}',
  '{"results":null}',
  '{"results":{"00000000-0000-7000-8fff-0000000000ff":{"result":"retry"}}}',
  '{"results":{"__proto__":{"result":"retry"}},"__proto__":{"results":{}}}',
  '{"results":"retry"}',
  '{"status":1}',
  '{"results":{',
]

/** Answers to wait, absurd ones among them. */
export const RETRY_AFTER = [
  '1',
  '7',
  '0',
  '-5',
  '99999999999999999999',
  '86400000',
  'Infinity',
  'NaN',
  'soon',
  '1.5',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 02 Jan 2026 00:00:00 GMT',
  'Sun, 06 Nov 9994 08:49:37 GMT',
  '3, 4',
  '',
]

export const STATUSES = [503, 500, 501, 502, 504, 505, 511, 429, 425, 408, 413, 400, 401, 403, 404, 302, 418, 520, 599]
