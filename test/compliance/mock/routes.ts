/** Which paths the mock serves, and how it refuses the rest. There is no CORS on any of them. */

export type Endpoint = 'v0' | 'v1' | 'flags'

type Route =
  | { kind: 'serve'; endpoint: Endpoint }
  | { kind: 'info' }
  | { kind: 'options'; allow: string }
  | { kind: 'redirect'; to: string }
  | { kind: 'refuse'; status: 404 | 405 }

/** Served with and without a slash at the end. HEAD comes with GET. */
const EITHER: Record<string, { endpoint: Endpoint; methods: string[] }> = {
  '/i/v1/analytics/events': { endpoint: 'v1', methods: ['POST'] },
  '/batch': { endpoint: 'v0', methods: ['POST'] },
  '/flags': { endpoint: 'flags', methods: ['POST'] },
  '/i/v0/e': { endpoint: 'v0', methods: ['POST', 'GET', 'HEAD'] },
  '/e': { endpoint: 'v0', methods: ['POST', 'GET', 'HEAD'] },
  '/capture': { endpoint: 'v0', methods: ['POST', 'GET', 'HEAD'] },
  '/track': { endpoint: 'v0', methods: ['POST', 'GET', 'HEAD'] },
}

const AI_PATH = '/i/v0/ai/batch/'

export function route(method: string, path: string): Route {
  if (path === '/' || path === '/_health') return method === 'GET' ? { kind: 'info' } : { kind: 'refuse', status: 405 }
  if (`${path}/` === AI_PATH) return { kind: 'redirect', to: AI_PATH }
  const served = path === AI_PATH ? { endpoint: 'v0' as const, methods: ['POST'] } : EITHER[withoutSlash(path)]
  if (!served) return { kind: 'refuse', status: 404 }
  if (method === 'OPTIONS') return { kind: 'options', allow: [...served.methods, 'OPTIONS'].join(', ') }
  return served.methods.includes(method)
    ? { kind: 'serve', endpoint: served.endpoint }
    : { kind: 'refuse', status: 405 }
}

function withoutSlash(path: string) {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
