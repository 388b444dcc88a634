/** `/_control/*`: the same control over HTTP that tests in this process have by function. */

import type { Recorded } from './partitions'

export function control(
  partitions: ReturnType<typeof import('./partitions').createPartitions>,
  { method, path, testId, json }: { method: string; path: string; testId: string | undefined; json: unknown },
): { status: number; body: unknown } {
  const partition = partitions.of(testId)
  switch (`${method} ${path}`) {
    case 'POST /_control/reset':
      partitions.reset(testId)
      return DONE
    case 'POST /_control/requests/clear':
      partition.requests.length = 0
      return DONE
    case 'GET /_control/requests':
      return { status: 200, body: { requests: partition.requests.map(shown) } }
    case 'POST /_control/configure': {
      const { responses } = (json ?? {}) as { responses?: unknown }
      if (!Array.isArray(responses)) return { status: 400, body: { error: '"responses" must be an array' } }
      partition.queue.splice(0, Infinity, ...responses.map(({ status_code: status, ...rest }) => ({ status, ...rest })))
      return DONE
    }
    default:
      return { status: 404, body: { error: `there is no ${method} ${path}` } }
  }
}

const DONE = { status: 200, body: { success: true } }

function shown({ arrivedAt, method, path, headers, query, json, events, answer }: Recorded) {
  return {
    timestamp_ms: Math.round(arrivedAt),
    method,
    path,
    headers,
    query_params: query,
    body_decompressed: json === undefined ? null : JSON.stringify(json),
    parsed_events: events,
    response_status: answer.status,
  }
}
