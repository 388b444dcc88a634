/** Where a site says its events go and its worker is. */

import fc, { type Arbitrary } from 'fast-check'
import { hostFrom } from '../../src/core/config/queue-config'
import { readQueueConfig } from '../../src/core/config/read-queue-config'
import { readWorkerOptions } from '../../src/page/late/worker-options'
import { speaking } from '../support/core/speaking'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { startClient } from './client'
import { live } from './hostile'

const DEFAULT = 'https://us.i.posthog.com'

const parts = {
  scheme: fc.constantFrom(
    'https://',
    'http://',
    'HTTPS://',
    'javascript:',
    'data:text/html,',
    'blob:https://',
    'ftp://',
    '//',
    '',
    'https:',
    'https:///',
  ),
  user: fc.constantFrom('', '', '', 'me@', 'me:secret@', ':secret@', 'a%40b:secret@'),
  name: fc.constantFrom(
    'shop.example.com',
    'localhost',
    'bücher.example',
    'xn--bcher-kva.example',
    'xn--a',
    '[::1]',
    '[::1',
    '127.1',
    '999.1.1.1',
    'a b',
    'a%00b',
    '%zz',
    '',
    'x'.repeat(300),
    '..',
    'a\\b',
    'shop.example.com.',
  ),
  port: fc.constantFrom('', '', ':8080', ':0', ':99999', ':x', ':'),
  path: fc.oneof(
    fc.constantFrom(
      '',
      '/',
      '//',
      '/ingest',
      '/ingest/',
      '/a/../b',
      '/a?b=1',
      '/a#b',
      '/\u202e',
      '/%',
      '/a b',
      '/<script>',
    ),
    fc.nat(5).map((size) => `/${'x'.repeat(size * 1_000)}`),
  ),
}

const addresses: Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(parts).map(({ scheme, user, name, port, path }) => scheme + user + name + port + path),
  },
  { weight: 1, arbitrary: fc.webUrl() },
  { weight: 1, arbitrary: live },
)

interface Case {
  host: unknown
  worker: unknown
  base: string
}

const cases: Arbitrary<Case> = fc.record({
  host: addresses,
  worker: fc.oneof(
    fc.constantFrom<unknown>(false, true, undefined, {}),
    fc.record({ url: addresses, scope: fc.option(addresses, { nil: undefined }) }, { requiredKeys: [] }),
    live,
  ),
  base: fc.constantFrom(
    'https://shop.example.com/cart?id=1',
    'http://localhost:8000/',
    'about:blank',
    'data:text/html,x',
    'file:///home/x.html',
  ),
})

async function check({ host, worker, base }: Case): Promise<Outcome> {
  const started = startClient({ apiKey: 'phc_test', options: { host } })
  const { client, clock, queue, endpoint, warnings } = started
  if (!client) {
    hold(
      warnings[0]?.includes('init needs a host') && !warnings[0].includes('secret'),
      'a host that is none is told',
      warnings,
    )
    return 'refused'
  }
  const url = new URL(queue.host)
  hold(/^https?:$/.test(url.protocol) && url.host !== '', 'a host is an http(s) URL', queue.host)
  hold(url.username === '' && url.password === '', 'no credentials are in it')
  hold(!queue.host.endsWith('/') && queue.host.length <= 2_000 && !url.search && !url.hash, 'it is bounded', queue.host)
  hold(
    warnings.every((message) => !message.includes('secret')),
    'no password is shown',
    warnings,
  )
  const given = typeof host === 'string' ? host.trim() : host
  if (given !== undefined && given !== null && given !== '' && queue.host === DEFAULT && given !== DEFAULT) {
    const known = typeof given === 'string' && /^(https:\/\/(app|us)(\.i)?\.posthog\.com)?\/*$/i.test(given)
    hold(known, 'no other host is taken in place of the one that was given', { host: typeof host, warnings })
  }
  hold(hostFrom(queue.host) === queue.host, 'a host stays as it is when it is read again', queue.host)
  const config = readQueueConfig(structuredClone(queue))
  hold(config && config.host === queue.host, 'a worker takes the config that a page made', queue)
  client.capture('signup')
  await clock.advance(60_000)
  hold(endpoint.sent[0]?.url.startsWith(queue.host), 'events go there', endpoint.sent[0]?.url)
  hold(new URL(endpoint.sent[0]?.url ?? '').origin === url.origin, 'and nowhere else')

  const told: string[] = []
  const location = readWorkerOptions(worker, base, speaking(told))
  if (location) {
    const { origin } = new URL(base)
    for (const one of [location.url, location.scope]) {
      const place = new URL(one)
      hold(place.origin === origin && place.username === '' && place.password === '', 'a worker is of this origin', one)
      hold(!['javascript:', 'data:'].includes(place.protocol), 'a worker is a file', one)
    }
  }
  hold(
    told.every((message) => message.length < 1_000),
    'a warning is short',
    told,
  )
  void client.shutdown(0)
  await clock.advance(1_000)
  holdNothingElseBroke()
  return told.length > 0 ? 'refused' : 'accepted'
}

export const urls: Boundary<Case> = { name: 'urls', share: 10, cases, check }
