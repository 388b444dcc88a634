/** The collector's control API, as far as the page uses it. See collector/README.md. */

export const MODES = ['ok', '503', '429', '413', '400', 'portal', 'hang', 'lost', 'down'] as const
export type Mode = (typeof MODES)[number]

export interface Fault {
  /** The collector has more modes than this page offers; curl can set those. */
  mode: string
  retryAfter?: number
  maxEvents?: number
  event?: string
}

export interface Request {
  id: number
  received_at: string
  method: string
  path: string
  /** null: not answered. */
  status: number | null
  events: number
  bytes: number
  compressed: boolean
  fault: string | null
}

export interface Received {
  uuid: string
  event: string
  received_at: string
  copies: number
}

export interface CollectorStats {
  events: number
  copies: number
  duplicates: number
  requests: number
}

type Message =
  | { type: 'fault'; fault: Fault }
  | ({ type: 'request' } & Request)
  | { type: 'events'; events: { uuid: string; event: string; received_at: string; copy?: number }[] }
  | { type: 'held' }
  | { type: 'reset' }

export interface StreamListener {
  fault(fault: Fault): void
  request(request: Request): void
  events(events: Received[]): void
  /** Connected, or empty again: what was shown is to be read anew. */
  fresh(): void
  lost(): void
}

const CONTROL = '/_control/'

async function get<Body>(name: string): Promise<Body> {
  const response = await fetch(CONTROL + name)
  if (!response.ok) throw new Error(`the collector answered ${response.status}`)
  return (await response.json()) as Body
}

export const readStats = () => get<CollectorStats>('stats')
export const readEvents = async () => (await get<{ events: Received[] }>('events')).events
export const readRequests = async () => (await get<{ requests: Request[] }>('requests')).requests

export async function setFault(fault: Fault): Promise<void> {
  await fetch(`${CONTROL}fault`, { method: 'POST', body: JSON.stringify(fault) })
}

/** Follows what the collector does. An open stream may keep a page out of the back/forward cache, so it ends with it. */
export function watchCollector(listener: StreamListener): void {
  let source: EventSource | undefined
  const open = () => {
    source = new EventSource(`${CONTROL}stream`)
    source.onopen = () => listener.fresh()
    source.onerror = () => listener.lost()
    source.onmessage = ({ data }) => deliver(JSON.parse(data) as Message, listener)
  }
  window.addEventListener('pagehide', () => source?.close())
  window.addEventListener('pageshow', ({ persisted }) => persisted && open())
  open()
}

function deliver(message: Message, listener: StreamListener): void {
  if (message.type === 'fault') listener.fault(message.fault)
  if (message.type === 'request') listener.request(message)
  if (message.type === 'events')
    listener.events(message.events.map(({ copy = 1, ...event }) => ({ ...event, copies: copy })))
  if (message.type === 'reset') listener.fresh()
}
