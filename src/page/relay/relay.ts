/** Makes a relay: a client for each host, and a function that takes what `fetch` takes. */

import type { Stats } from '../../client/types'
import type { Outlast } from '../types'
import { originOf } from './options'
import { readRequest } from './read-request'
import { createRelayHost, type Outcome, type RelayHost } from './relay-host'
import { storedForm } from './stored-form'
import type { Relay, RelayOptions } from './types'

/** What a reason is among the statuses of HTTP, where it is not 403. */
const STATUS: Record<string, number> = {
  invalid: 400,
  too_large: 413,
  shutdown: 503,
  queue_full: 507,
  storage_full: 507,
}

export function createRelay(options: RelayOptions): Relay {
  const hosts = new Map<string, RelayHost>()
  for (const given of [options.hosts].flat()) {
    const origin = originOf(given)
    if (origin) hosts.set(origin, createRelayHost(options, origin))
    else console.warn('[outlast] relay: no origin:', given)
  }
  const clients = [...hosts.values()]

  async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const read = readRequest(input, init)
    const form = storedForm({ ...read, body: await read.body }, options, hosts)
    return answerOf('reason' in form ? form : await (hosts.get(form.origin) as RelayHost).take(form))
  }

  async function all<Counts extends object>(ask: (client: Outlast) => Promise<Counts>, none: Counts): Promise<Counts> {
    return (await Promise.all(clients.map(ask))).reduce(add, none)
  }

  const stats = () => all<Stats>((client) => client.stats(), { accepted: 0, delivered: 0, pending: 0, dropped: {} })

  // Without what can be called, which `Omit` leaves out.
  const methods: Omit<Relay, never> = {
    stats,
    pending: async () => (await stats()).pending,
    flush: () => all((client) => client.flush(), { delivered: 0, pending: 0, dropped: 0 }),
    shutdown: (timeout) => all((client) => client.shutdown(timeout), { delivered: 0, kept: 0, dropped: 0 }),
    on(name, listener) {
      const ends = clients.map((client) => client.on(name, listener))
      return () => void ends.map((end) => end())
    },
    optIn: () => void clients.map((client) => client.optIn()),
    optOut: (how) => void clients.map((client) => client.optOut(how)),
    isOptOut: () => clients.some((client) => client.isOptOut()),
  }
  return Object.assign(send, methods)
}

const answerOf = ({ reason, detail, headers }: Outcome) =>
  new Response(
    detail as BodyInit,
    {
      status: reason ? (STATUS[reason] ?? 403) : 202,
      statusText: reason,
      headers,
    } as ResponseInit,
  )

/** Adds counts, and counts by reason within them. */
function add<Counts extends object>(sum: Counts, one: Counts): Counts {
  const total = { ...sum } as Record<string, unknown>
  for (const [name, count] of Object.entries(one)) {
    total[name] = typeof count === 'number' ? ((total[name] as number) ?? 0) + count : add(total[name] as object, count)
  }
  return total as Counts
}
