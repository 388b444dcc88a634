/** The relay of a page, and who waits for its answers. */

import type { DropReason } from '../../src/core/base/reports'
import type { OutlastEvent } from '../../src/core/event/event'
import type { Relay } from '../../src/page/relay/types'
import type { Library } from './globals'
import type { Words } from './oracle/facts'
import { answered, refusedAtOnce, toldOnce } from './oracle/requests'
import { PATIENCE_MS } from './oracle/settles'
import type { Witness } from './oracle/witness'
import type { Page } from './page'
import { bytesOf } from './request-bytes'
import { type RequestToSend, SECRET, SECRET_MS } from './request-steps'
import type { Requests } from './requests'

/** What the names of a relay's queues begin with. */
export const RELAY = 'relay:'

export const isOfRelay = (key: string): boolean => key.includes(RELAY)

/** Where no relay of the site may send to. */
const ELSEWHERE = 'https://elsewhere.example'

/** In the address of what `beforeSend` drops. */
const UNWANTED = 'unwanted'

export class PageRelay {
  /** What its hosts were given, by their origins. */
  readonly captured = new Map<string, Witness[]>()
  /** A page that knows of a refusal keeps nothing, until late code of each host hears from the disk of an agreement since. */
  heardRefusal: boolean
  private readonly relay: Relay
  private readonly byNumber = new Map<number, Witness>()
  private readonly told = new Map<string, number>()

  constructor(
    private readonly page: Page,
    private readonly requests: Requests,
    library: Library,
  ) {
    const { world } = requests
    const { takesStatus } = world
    const { area } = page.sim.local
    this.heardRefusal = Object.keys(area).some(
      (key) => isOfRelay(key) && key.endsWith(':opt_out') && area[key] === 'true',
    )
    for (const origin of world.hosts) this.captured.set(origin, [])
    this.relay = library.relay({
      ...world.options,
      hosts: world.hosts,
      persistence: page.setup.options.persistence,
      dedupe: ({ url }) => /key=(\w+)/.exec(url)?.[1],
      beforeSend: (request) => (request.url.includes(UNWANTED) ? null : request),
      ...(takesStatus === undefined ? {} : { isDelivered: (status: number) => status < 300 || status === takesStatus }),
    })
    this.relay.on('drop', ({ reason, uuids }) => this.dropped(reason, uuids))
  }

  /** The library has made an event of a request, in the task of `send` or a moment later. */
  made(host: string, { uuid, event, properties }: OutlastEvent): void {
    const { page, requests } = this
    const number = requests.numberOf(String(properties.url))
    const request = requests.given[number]
    const turn = requests.refusal.agreementIn(page.realm, page.setup.version)
    const refusedSince = page.isLasting ? requests.refusal.knownTo(page.realm, page.setup.version) : undefined
    const captured = { uuid, name: event, page: page.realm, turn, request, refusedSince }
    const oracle = requests.hosts.get(host)?.ofQueue
    if (!oracle) throw new Error(`a relay has made a client for ${host}`)
    const witness = oracle.captured(captured, (request?.body?.length ?? 0) * 2)
    this.captured.get(host)?.push(witness)
    requests.named(number, uuid)
    this.byNumber.set(number, witness)
  }

  send({ host, method, body, size, key, header, credentials, unwanted }: RequestToSend): void {
    const { requests, page } = this
    const number = requests.given.length
    const origin = requests.world.hosts[host % requests.world.hosts.length] ?? ELSEWHERE
    const query = `${key === undefined ? '' : `key=${key}&`}${unwanted ? UNWANTED : ''}`
    const url = `${origin}/in/${number}?${query}`
    const text = `${number} ü `.repeat(1 + size / 4)
    const given =
      body === 'none'
        ? undefined
        : body === 'text'
          ? text
          : Uint8Array.from({ length: size }, (_, at) => (at * 37 + number) % 256)
    const headers: Record<string, string> = {}
    if (header === 'secret') headers[SECRET] = 'a secret'
    if (header === 'forbidden') headers.authorization = 'Bearer a secret'
    if (header === 'type') headers['content-type'] = 'application/x-www-form-urlencoded'
    const sent: Record<string, string> = { ...headers }
    if (body === 'text' && header !== 'type') sent['content-type'] = 'text/plain;charset=UTF-8'
    const limitMs = header === 'secret' ? SECRET_MS : undefined
    requests.given.push({ number, method, url, headers: sent, body: bytesOf(given), credentials, key, limitMs })
    const reasons = [
      ...(host < 0 ? ['host'] : []),
      ...(unwanted ? ['before_send'] : []),
      ...(header === 'forbidden' ? ['invalid'] : []),
      ...(requests.mayRefuse ? ['opted_out'] : []),
    ]
    const asked: RequestInit = {
      method,
      headers,
      credentials,
      ...(given === undefined ? {} : { body: given as BodyInit }),
    }
    const answer = this.relay(url, asked).then(({ status, statusText, headers: named }) => {
      const witness = this.byNumber.get(number)
      const { oracle } = page.sim
      const { mayRefuse, refusal } = requests
      const agreesAgain = mayRefuse && !refusal.isRefused
      const storage = named.get('outlast-storage')
      oracle.hold({ witness, status, statusText, storage, mayRefuse, agreesAgain }, answered)
      if (!witness) oracle.hold({ number, statusText, reasons }, refusedAtOnce)
    })
    page.ask('send', answer, Number.POSITIVE_INFINITY)
  }

  stats(): void {
    const { page, relay } = this
    const { oracle } = page.sim
    page.ask(
      'stats',
      relay.stats().then((stats) => oracle.counted(stats, 'stats of a relay')),
    )
  }

  flush(): void {
    const { requests } = this
    // One after the other, and each for as long as a request may take.
    const waiting = requests.all.reduce((sum, { ofQueue }) => sum + ofQueue.trace.pending, 0)
    this.page.ask('flush', this.relay.flush(), PATIENCE_MS + waiting * requests.settings.requestTimeout)
  }

  choose(how: 'refuse' | 'erase' | 'consent'): void {
    const { page, relay, requests, captured } = this
    if (how === 'erase') {
      const erasure = requests.refusal.erasure(page.realm, page.setup.version, !this.heardRefusal)
      for (const { ofQueue } of requests.all) ofQueue.trace.toErase(erasure)
    }
    this.heardRefusal = how !== 'consent'
    if (how === 'consent') {
      requests.refusal.agree(page.realm)
      return relay.optIn()
    }
    for (const [origin, witnesses] of captured) {
      const trace = requests.hosts.get(origin)?.ofQueue.trace
      if (how === 'erase') trace?.erased(witnesses)
      else trace?.refused()
    }
    requests.refusal.refuse(page.realm, page.setup.version, how === 'erase')
    relay.optOut({ clear: how === 'erase' })
  }

  /** In another tab a person asked to be forgotten. */
  heardOfErasure(): void {
    const { requests, captured } = this
    if (!requests.refusal.isRefused) return
    for (const [origin, witnesses] of captured) requests.hosts.get(origin)?.ofQueue.trace.erased(witnesses)
  }

  left(words: Words, backups: string): void {
    const { page, requests, captured } = this
    for (const [origin, witnesses] of captured) {
      requests.hosts.get(origin)?.ofQueue.left(page.realm, witnesses, words, backups)
    }
  }

  private dropped(reason: DropReason, uuids: string[]): void {
    const { page, requests } = this
    for (const uuid of uuids) {
      const times = (this.told.get(uuid) ?? 0) + 1
      this.told.set(uuid, times)
      const inMemory = page.sim.droppedInMemory.has(uuid)
      page.sim.oracle.hold({ page: page.id, uuid, times, inMemory }, toldOnce)
    }
    if (page.sim.hearing) return
    for (const { ofQueue } of requests.all) {
      const own = uuids.filter((uuid) => ofQueue.trace.events.has(uuid))
      if (own.length > 0) ofQueue.droppedByPage(reason, own)
    }
  }
}

/** As much of a `Request` as a relay reads, which a simulated clock can wait for. */
export class SimRequest {
  readonly method: string
  readonly headers: Map<string, string>
  readonly credentials: string
  readonly mode = 'cors'
  readonly signal = { throwIfAborted: () => undefined }
  private readonly body: string | Uint8Array | undefined

  constructor(
    readonly url: string,
    { method = 'GET', headers = {}, credentials = 'same-origin', body }: RequestInit = {},
  ) {
    this.method = method
    this.headers = new Map(Object.entries(headers as Record<string, string>))
    this.credentials = credentials
    this.body = body as string | Uint8Array | undefined
    if (typeof body === 'string' && !this.headers.has('content-type')) {
      this.headers.set('content-type', 'text/plain;charset=UTF-8')
    }
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(Buffer.from(this.body ?? '')).buffer
  }
}

/** As much of a `Response` as a relay makes. */
export class SimResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: { get(name: string): string | null }

  constructor(_body: unknown, { status = 200, statusText = '', headers = {} }: ResponseInit = {}) {
    this.status = status
    this.statusText = statusText
    this.headers = { get: (name) => (headers as Record<string, string>)[name] ?? null }
  }
}
