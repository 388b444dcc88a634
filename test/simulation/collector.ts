/** The endpoint: takes requests as the two protocols say, and answers as it is told. */

import { type Answer, answerTo, OK, PAGE } from './answers'
import { type Exchange, verdictAt } from './exchange'
import type { Oracle } from './oracle/oracle'
import { compression, eventsOfBody } from './oracle/wire'
import type { Realm } from './realm'
import type { Sim } from './sim'

/** ms that an answer takes by itself. */
const LATENCY_MS = 40

/** What stands for a compressed body: the text behind a mark, as bytes. */
export const MARK = 'Z'

export const pretendCompress = (text: string) => new TextEncoder().encode(MARK + text)

export class Collector {
  /** What it does when nothing else is said. */
  weather: Answer = OK
  requests = 0
  /** Whether it has ever said for how long it is to be left alone. */
  hasNamedPause = false
  /** Those that workers have made. */
  ofWorkers = 0
  protected readonly next: Answer[] = []
  private readonly open = new Set<Exchange>()

  constructor(protected readonly sim: Sim) {}

  protected get oracle(): Oracle {
    return this.sim.oracle
  }

  /** What is noted of an answer that is not the usual one. */
  protected noteAnswer(answer: Answer): void {
    this.sim.faults.note(nameOf(answer))
  }

  /** What the answer says of what becomes of the events. */
  protected meaning(answer: Answer): Answer {
    return answer
  }

  /** The next request gets this answer. */
  plan(answer: Answer): void {
    this.next.push(answer)
  }

  openOf(realm: Realm): Exchange[] {
    for (const exchange of this.open) if (exchange.state !== 'open') this.open.delete(exchange)
    return [...this.open].filter(({ sender }) => sender === realm)
  }

  clear(): void {
    this.next.length = 0
    this.weather = OK
  }

  async fetch(realm: Realm, url: string, init: RequestInit): Promise<unknown> {
    const { sim } = this
    const exchange = this.read(realm, url, init)
    this.oracle.begun(exchange)
    await realm.effect('fetch', () => undefined)
    const { signal } = init
    if (signal?.aborted) throw new DOMException('aborted', 'AbortError')
    exchange.startedAt = sim.time.elapsed
    this.requests += 1
    if (realm.who === 'worker') this.ofWorkers += 1
    const planned: Answer = sim.online ? (this.next.shift() ?? this.weather) : { kind: 'unreachable' }
    const answer = answerTo(planned, exchange.uuids)
    const meaning = this.meaning(answer)
    this.open.add(exchange)
    this.oracle.sent(exchange, this.openOf(realm))
    if (answer !== OK) this.noteAnswer(answer)
    if ('retryAfter' in answer && answer.retryAfter !== undefined) this.hasNamedPause = true
    this.take(exchange, meaning)
    return new Promise((resolve, reject) => {
      const cut = (why: Error) => {
        if (exchange.state === 'answered') return
        exchange.state = 'cut'
        reject(why)
      }
      signal?.addEventListener('abort', () => cut(new DOMException('aborted', 'AbortError')), { once: true })
      realm.atDeath(() => {
        if (exchange.state === 'open') exchange.state = 'cut'
      })
      if (answer.kind === 'hang') return
      const afterMs = ('afterMs' in answer ? answer.afterMs : undefined) ?? LATENCY_MS + (this.requests % 7) * 30
      realm.later(afterMs, () => {
        const fault = realm.meet('fetched')
        if (realm.dead || exchange.state === 'cut') return
        const lost = fault?.what === 'fail' || answer.kind === 'lost' || answer.kind === 'unreachable'
        if (lost) return cut(new TypeError('Failed to fetch'))
        const answered = () => {
          if (exchange.state === 'open') exchange.state = tellsAll(exchange, meaning) ? 'answered' : 'cut'
          this.oracle.answered(exchange, meaning)
          resolve(responseOf(exchange, answer))
        }
        if (fault?.what === 'slow') realm.later(fault.ms, answered)
        else answered()
      })
    })
  }

  /** A beacon has no answer, and is taken or not. */
  beacon(realm: Realm, url: string, body: string | Uint8Array): void {
    this.left(this.read(realm, url, { body: body as BodyInit, headers: {} }))
  }

  protected left(exchange: Exchange): void {
    exchange.state = 'cut'
    this.take(exchange, this.meaning(answerTo(this.next.shift() ?? this.weather, exchange.uuids)))
    this.oracle.beaconed(exchange)
  }

  protected read(realm: Realm, url: string, { body, headers }: RequestInit): Exchange {
    const bytes = typeof body !== 'string'
    const raw = bytes ? new TextDecoder().decode(body as Uint8Array) : body
    const path = new URL(url).pathname
    const format = FORMATS[path] ?? 'v0'
    const given = headers as Record<string, string>
    const { oracle, sim } = this
    const claimsCompression = 'Content-Encoding' in given || url.includes('compression=')
    oracle.hold({ url, isBytes: bytes, isCompressed: raw.startsWith(MARK), claimsCompression }, compression)
    const text = bytes ? raw.slice(MARK.length) : raw
    const { events, count } = format === 'json' ? readPlain(text) : readBatch(text)
    oracle.hold({ standing: events.length, parsed: count }, eventsOfBody)
    const uuids = events.map((json) => (format === 'json' ? JSON.parse(json).uuid : json.slice(9, 45)))
    return {
      sender: realm,
      url,
      format,
      events,
      uuids,
      headers: given,
      taken: new Set(),
      begunAt: sim.time.elapsed,
      startedAt: sim.time.elapsed,
      state: 'open',
    }
  }

  protected take(exchange: Exchange, answer: Answer): void {
    const { kind } = answer
    const isRefused = kind === 'unreachable' || kind === 'culprit' || kind === 'page'
    const nothing = isRefused || ((kind === 'status' || kind === 'hang') && !answer.takes)
    if (nothing) return
    for (const [index, uuid] of exchange.uuids.entries()) {
      const verdict = kind === 'ok' ? verdictAt(exchange.format, answer.verdicts, index) : 'ok'
      if (verdict === 'retry' || verdict === 'drop') continue
      exchange.taken.add(uuid)
      this.oracle.took(uuid)
    }
  }
}

/** Whether the response tells the client the fate of every event. */
function tellsAll({ format }: Exchange, answer: Answer): boolean {
  const { kind } = answer
  const isCut = kind === 'cut' && (format === 'v1' || format === 'json')
  return kind !== 'status' && kind !== 'culprit' && kind !== 'page' && !isCut
}

/** The protocols by their paths; the last is that of a site's own endpoint (`plan.ts`). */
const FORMATS: Record<string, Exchange['format']> = {
  '/i/v1/analytics/events': 'v1',
  '/i/v0/ai/batch/': 'ai',
  '/events': 'json',
}

/** A body for a site's own endpoint: one text, or a line for each event, which says when it was sent. */
function readPlain(text: string): { events: string[]; count: number } {
  const isLines = !text.startsWith('{"sentAt":') || text.endsWith('\n')
  const lines = text.split('\n').filter((line) => line !== '')
  const parsed = isLines ? lines.map((line) => JSON.parse(line)) : JSON.parse(text).batch
  const events = parsed.map(({ sentAt: _, ...event }: Record<string, unknown>) => JSON.stringify(event))
  return { events, count: isLines ? lines.length : parsed.length }
}

/** The batch of a body as the strings it was made of, and as many as a parser finds in it. */
function readBatch(text: string): { events: string[]; count: number } {
  const { batch } = JSON.parse(text) as { batch: unknown[] }
  const from = text.indexOf('"batch":[') + '"batch":['.length
  const inside = text.slice(from, text.lastIndexOf(']'))
  const events =
    inside === '' ? [] : inside.split(',{"uuid":"').map((part, index) => (index === 0 ? part : `{"uuid":"${part}`))
  return { events, count: batch.length }
}

function responseOf(exchange: Exchange, answer: Answer) {
  const status = answer.kind === 'status' ? answer.status : answer.kind === 'culprit' ? 400 : 200
  const headers = new Map<string, string>()
  if ('retryAfter' in answer && answer.retryAfter !== undefined) headers.set('retry-after', answer.retryAfter)
  if (answer.kind !== 'page') headers.set('content-type', 'application/json')
  else if (answer.named) headers.set('content-type', 'text/html; charset=utf-8')
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
    body:
      exchange.format === 'v1' || exchange.format === 'json' || answer.kind === 'page'
        ? bodyOf(textOf(exchange, answer), answer.kind === 'cut')
        : null,
  }
}

function textOf(exchange: Exchange, answer: Answer): string {
  if (answer.kind === 'body') return answer.body
  if (answer.kind === 'page') return PAGE
  return answer.kind === 'cut' ? '{"resu' : resultsOf(exchange, answer)
}

function bodyOf(text: string, breaks: boolean) {
  const chunks = [new TextEncoder().encode(text)]
  return {
    getReader: () => ({
      async read() {
        const value = chunks.shift()
        if (value) return { done: false, value }
        if (breaks) throw new TypeError('network error')
        return { done: true, value: undefined }
      },
      cancel: async () => undefined,
    }),
  }
}

function resultsOf(exchange: Exchange, answer: Answer): string {
  if (answer.kind !== 'ok') return '{"status":1}'
  if (exchange.format === 'json') {
    const results = exchange.uuids.map((uuid, index) => {
      const status = verdictAt(exchange.format, answer.verdicts, index)
      return { uuid, status, reason: 'told to' }
    })
    return JSON.stringify(answer.verdicts ? { results } : { status: 1 })
  }
  if (exchange.format !== 'v1') return '{"status":1}'
  const results: Record<string, unknown> = {}
  for (const [index, uuid] of exchange.uuids.entries()) {
    results[uuid] = { result: verdictAt(exchange.format, answer.verdicts, index), details: 'told to' }
  }
  return JSON.stringify({ results })
}

export function nameOf(answer: Answer): string {
  if (answer.kind === 'status') return `status ${answer.status}`
  return answer.kind === 'ok' ? 'verdicts' : answer.kind === 'body' ? 'strange body' : `answer ${answer.kind}`
}
