/** What a script tag's `data-` attributes and the queue of commands before the script may hold. */

import fc, { type Arbitrary } from 'fast-check'
import { attributeOf } from '../../src/core/base/attribute-of'
import { readDataAttributes } from '../../src/page/script-tag/data-attributes'
import { takeCommands } from '../../src/page/script-tag/stub-queue'
import type { Outlast } from '../../src/page/types'
import { type Boundary, hold, holdNothingElseBroke, type Outcome } from './boundary'
import { startClient } from './client'
import { live, nearly, TRAP_NAMES } from './hostile'
import { enterPage } from './page'

const names = fc.oneof(
  fc.constantFrom(
    'host',
    'captureMode',
    'endpoint',
    'bodyFormat',
    'compression',
    'flushAt',
    'maxRetries',
    'debug',
    'disableGeoip',
    'persistence',
    'personProfiles',
  ),
  fc.constantFrom('key', 'worker', 'workerUrl', 'workerScope', 'distinctId', 'pageviews', 'webVitals'),
  fc.constantFrom('beforeSend', 'logger', 'clock', 'onError', 'requestHeaders', 'bootstrap', ...TRAP_NAMES),
  fc.string(),
)

const texts = fc.oneof(
  fc.constantFrom('', 'true', 'false', '0', '20', '-5', '1e999', 'NaN', '0x10', ' 7 ', 'v1', 'none', 'memory'),
  fc.constantFrom('https://eu.i.posthog.com', 'javascript:alert(1)', '//evil.example', '{"url":"x"}', '\u0000', '☃'),
  fc.nat(30).map((size) => 'x'.repeat(size * 3_000)),
  fc.string(),
)

const command = fc.constantFrom<unknown>(
  ['capture', 'signup', { plan: 'free' }],
  ['identify', 'somebody'],
  ['register', { a: 1 }],
  ['on', 'drop', () => undefined],
)

interface Case {
  data: [name: string, text: string][]
  commands: unknown[]
  replaced: unknown
}

const cases: Arbitrary<Case> = fc.record({
  data: fc.array(fc.tuple(names, texts), { maxLength: 5 }),
  commands: fc.array(fc.oneof(command, nearly(command, live), live), { maxLength: 5 }),
  replaced: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: live }),
})

async function check({ data, commands, replaced }: Case): Promise<Outcome> {
  const dataset = Object.fromEntries(data)
  const { options, pageviews, webVitals } = readDataAttributes(dataset)
  hold(webVitals !== 'false' && pageviews !== 'false', 'what is off is not on')
  hold(Object.getPrototypeOf(options) === Object.prototype, 'options are a plain object')
  for (const name of ['beforeSend', 'logger', 'clock', 'onError', 'requestHeaders', ...TRAP_NAMES]) {
    hold(!Object.hasOwn(options, name), 'no attribute is an option that a text cannot express', name)
    // There it keeps its own name, under which `init` refuses it.
    if (Object.hasOwn(dataset, name)) hold(Object.hasOwn(options, attributeOf(name)), 'it is named', name)
  }
  const page = enterPage({ outlast: replaced ?? [...commands, ['capture', 'last'], ['no such command']] })
  try {
    // One that was to keep something back would have nothing captured.
    const known = Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith('data-')))
    const started = startClient({ apiKey: 'phc_test', options: { ...known, maxEventAge: 86_400_000 } })
    const { client, clock, endpoint, queue } = started
    if (!client) {
      hold(started.warnings[0]?.includes('init needs a host'), 'a key and a host make a client')
      return 'refused'
    }
    let inits = 0
    takeCommands(client as Outlast, {
      init: () => {
        inits += 1
        return client as Outlast
      },
    })
    const face = page.window.outlast as { push(...commands: unknown[]): void }
    face.push(...commands)
    face.push(['capture', 'later'])
    await clock.advance(0)
    void client.flush()
    await clock.advance(2 * 3_600_000)
    const { maxQueueSize, maxQueueBytes, maxEventBytes } = queue.settings
    // It is not known to whose place events go.
    if (queue.endpoint?.path === '') hold(endpoint.sent.length === 0, 'nothing goes where it was not to go')
    else if (maxQueueSize > 20 && maxQueueBytes > 1_000_000 && maxEventBytes > 600_000 && !stopped(commands)) {
      const sent = endpoint.sent.flatMap(({ body }) => body.batch.map(({ event }) => event))
      hold(sent.includes('later'), 'a good command runs, whatever came before', page.warnings)
      if (replaced === undefined)
        hold(sent.includes('last'), 'a queued command runs, whatever came before', page.warnings)
    }
    if (replaced === undefined) hold(page.warnings.length > 0, 'what is no command is refused')
    hold(inits === 0, 'nothing is begun twice')
    void client.shutdown(0)
    await clock.advance(1_000)
    holdNothingElseBroke()
    const unknown = Object.keys(options).length - Object.keys(known).length
    return unknown + started.warnings.length + page.warnings.length > 1 ? 'refused' : 'accepted'
  } finally {
    page.leave()
  }
}

/** Whether the page itself asked for an end. */
const stopped = (commands: unknown[]) =>
  commands.some((one) => {
    try {
      return Array.isArray(one) && ['shutdown', 'optOut'].includes(one[0] as string)
    } catch {
      return false
    }
  })

export const attributes: Boundary<Case> = { name: 'attributes', share: 2, cases, check }
