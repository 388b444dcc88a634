/** Makes a relay: a client for each host, and a function that takes what `fetch` takes. */

import { NOWHERE, relayKey } from '../../core/config/relay-config'
import type { Outlast } from '../types'
import { originOf } from './options'
import { readRequest } from './read-request'
import { createRelayHost, type Outcome, type RelayHost, SILENCE } from './relay-host'
import { type Passed, storedForm } from './stored-form'
import type { Relay, RelayOptions } from './types'

/** The HTTP status of each reason whose status is not 403. */
const STATUS: Record<string, number> = {
  invalid: 400,
  too_large: 413,
  shutdown: 503,
  queue_full: 507,
  storage_full: 507,
}

/**
 * What the relays of this page do once the person has everything erased, by the relays' key: the person may have asked
 * another relay of that name.
 */
const erasers: Record<string, (() => void)[]> = {}

/** An answer, and what a bridge may send in place of the request: what the hooks of the relay have made of it. */
export type Answer = Response & { instead?: Passed | undefined }

/**
 * Makes a relay: a function that takes the arguments of `fetch`, keeps the request until its host has taken it, and
 * sends it again as long as the host cannot. An unusable option becomes its default, with a warning; a host that is no
 * origin is left out, with a warning. Without options it throws.
 *
 * @example
 * const send = relay({ hosts: ['https://ingest.example.com'] })
 * const answer = await send('https://ingest.example.com/collect', { method: 'POST', body: JSON.stringify(reading) })
 * if (answer.status !== 202) console.warn(answer.statusText, await answer.text())
 */
export function relay(options: RelayOptions): Relay {
  const key = relayKey(encodeURIComponent(options.name ?? ''))
  const hosts = new Map<string, RelayHost>()
  for (const given of [options.hosts].flat()) {
    const origin = originOf(given)
    if (origin) hosts.set(origin, createRelayHost(options, origin, key))
  }
  const clients = hosts.size ? [...hosts.values()] : [createRelayHost(options, NOWHERE, key)]
  let erasures = 0
  // biome-ignore lint/suspicious/noAssignInExpressions: two statements cost bytes of a page's load.
  const erased = (erasers[key] ??= [])
  erased.push(() => {
    erasures++
    clients.map((host) => host.erase())
  })

  async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Answer> {
    const read = readRequest(input, init)
    const before = erasures
    const body = await read.body
    // No event tells of a person who has refused, and a request that was handed over before an erasure is erased too.
    const form = methods.isOptOut() || before < erasures ? SILENCE : storedForm({ ...read, body }, options, hosts)
    const outcome: Outcome = 'host' in form ? await form.host.take(form) : form
    const { reason: statusText, detail, headers } = outcome
    const status = statusText ? (STATUS[statusText] ?? 403) : 202
    const answer = new Response(detail as BodyInit, { status, statusText, headers } as ResponseInit)
    return Object.assign(answer, { instead: form.request })
  }

  const all = async <Counts extends object>(ask: (client: Outlast) => Promise<Counts>) =>
    (await Promise.all(clients.map(ask))).reduce(add)

  const stats = () => all((client) => client.stats())

  // `Omit` drops the call signature of a relay, which `send` has.
  const methods: Omit<Relay, never> = {
    stats,
    pending: async () => (await stats()).pending,
    flush: () => all((client) => client.flush()),
    shutdown: (timeout) => all((client) => client.shutdown(timeout)),
    on(name, listener) {
      const ends = clients.map((client) => client.on(name, listener))
      return () => void ends.map((end) => end())
    },
    optIn: () => void clients.map((client) => client.optIn()),
    optOut(how) {
      clients.map((client) => client.optOut(how))
      if (how?.clear) erased.map((erase) => erase())
    },
    isOptOut: () => clients.some((client) => client.isOptOut()),
  }
  return Object.assign(send, methods)
}

/** Adds counts, and counts by reason within them. */
function add<Counts extends object>(sum: Counts, one: Counts): Counts {
  const total = { ...sum } as Record<string, unknown>
  for (const [name, count] of Object.entries(one)) {
    total[name] = typeof count === 'number' ? ((total[name] as number) ?? 0) + count : add(total[name] as object, count)
  }
  return total as Counts
}
