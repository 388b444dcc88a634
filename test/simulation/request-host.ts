/** A server that requests of a relay go to: it takes any, and answers as it is told. */

import { type Answer, OK } from './answers'
import { Collector, MARK, nameOf } from './collector'
import type { Exchange } from './exchange'
import type { Oracle } from './oracle/oracle'
import { compression } from './oracle/wire'
import type { Realm } from './realm'
import { bytesOf } from './request-bytes'
import type { Sim } from './sim'

export class RequestHost extends Collector {
  /** Whether it has ever answered otherwise than that it took a request. */
  hasFailed = false

  constructor(
    sim: Sim,
    private readonly origin: string,
    readonly ofQueue: Oracle,
  ) {
    super(sim)
  }

  protected override get oracle(): Oracle {
    return this.ofQueue
  }

  protected override noteAnswer(answer: Answer): void {
    this.hasFailed = true
    this.sim.faults.noteElsewhere(`host: ${nameOf(answer)}`)
  }

  protected override meaning(answer: Answer): Answer {
    const { kind } = answer
    if (kind === 'status' && answer.status === this.sim.world.relay?.takesStatus) return OK
    // A redirect is not followed, and so no answer.
    if (kind === 'status' && answer.status >= 300 && answer.status < 400) return { kind: 'unreachable' }
    // Nobody can put a page in the place of a server that is asked by https.
    return kind === 'page' && this.origin.startsWith('https:') ? OK : answer
  }

  override async fetch(realm: Realm, url: string, init: RequestInit): Promise<unknown> {
    // What a page sends as it is left cannot be aborted. A hidden page's own host says `keepalive` too.
    if (init.signal || !init.keepalive) return super.fetch(realm, url, init)
    if (!realm.dead && this.sim.online) this.left(this.read(realm, url, init))
    return { status: 200 }
  }

  protected override read(realm: Realm, url: string, init: RequestInit): Exchange {
    const { sim, oracle } = this
    const { method = '', credentials = '', body } = init
    const headers = (init.headers ?? {}) as Record<string, string>
    const claimsCompression = Object.keys(headers).some((name) => name.toLowerCase() === 'content-encoding')
    const given = bytesOf(body as string | Uint8Array | null | undefined)
    if (claimsCompression) {
      const facts = { url, isBytes: typeof body !== 'string', isCompressed: given?.startsWith(MARK) ?? false }
      oracle.hold({ ...facts, claimsCompression }, compression)
    }
    const text = claimsCompression ? given?.slice(MARK.length) : given
    const kept = Object.entries(headers).filter(([name]) => !/^content-encoding$/i.test(name))
    const event = { method, url, headers: Object.fromEntries(kept), body: text, credentials }
    return {
      sender: realm,
      url,
      format: 'relay',
      events: [JSON.stringify(event)],
      uuids: [sim.requests?.uuidOf(url) ?? url],
      headers: {},
      taken: new Set(),
      begunAt: sim.time.elapsed,
      startedAt: sim.time.elapsed,
      state: 'open',
    }
  }
}
