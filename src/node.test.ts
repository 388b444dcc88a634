import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { listen } from '../test/support/listen'

const ENTRY = new URL('./node.ts', import.meta.url).href
const ROOT = fileURLToPath(new URL('..', import.meta.url))

type Answer = (response: ServerResponse, request: IncomingMessage) => void

const taken: Answer = (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":1}')

let close: (() => void) | undefined
afterEach(() => close?.())

/** A server that remembers the names of the events that it was sent. */
async function endpoint(answer: Answer = taken, path = '/batch') {
  const events: string[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes).toString() : bytes.toString()
    if (request.url?.startsWith(path)) {
      for (const { event } of (JSON.parse(text) as { batch: { event: string }[] }).batch) events.push(event)
    }
    answer(response, request)
  })
  const { origin: host } = await listen(server)
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { events, host }
}

/** Runs a module in a process of its own. Resolves with its exit code, what it wrote, and how long its own code ran. */
async function run(host: string, code: string) {
  const source = `
    const { init } = await import(${JSON.stringify(ENTRY)})
    const startedAt = Date.now()
    process.on('exit', () => console.log('ran', Date.now() - startedAt))
    const host = ${JSON.stringify(host)}
    ${code}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], { cwd: ROOT })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const [exitCode] = (await once(child, 'close')) as [number]
  return { exitCode, output, ranMs: Number(/ran (\d+)/.exec(output)?.[1]) }
}

const SECONDS = 1_000
const LIMIT = { timeout: 60 * SECONDS }

test('events go to an endpoint of the site itself, where host names it', LIMIT, async () => {
  const { events, host } = await endpoint(taken, '/in')
  const { output } = await run(
    host,
    `const own = init('shop', { host, captureMode: 'json', endpoint: '/in' })
     own.capture('invoice paid', { total: 42 }, { distinctId: 'ann' })
     console.log(await own.getFeatureFlag('beta', { distinctId: 'ann' }), JSON.stringify(await own.shutdown()))
     const lost = init('shop', { captureMode: 'json', endpoint: '/in' })
     lost.capture('nobody')
     console.log(JSON.stringify(await lost.shutdown()))`,
  )
  expect(events).toEqual(['invoice paid'])
  expect(output).toContain('undefined {"delivered":1,"kept":0,"dropped":0}')
  expect(output).toContain("captureMode 'json' needs the host that receives the events")
  expect(output).toContain('{"delivered":0,"kept":0,"dropped":1}')
})

test('P1: a script that captures and ends delivers its events without a shutdown', LIMIT, async () => {
  const { events, host } = await endpoint()
  const { exitCode, output, ranMs } = await run(
    host,
    `const client = init('phc_test', { host, flushInterval: 3_600_000 })
     client.capture('one', {}, { distinctId: 'ada' })
     await new Promise((resolve) => setTimeout(resolve, 100))
     client.capture('two', {}, { distinctId: 'ada' })`,
  )
  expect([exitCode, events]).toEqual([0, ['one', 'two']])
  expect(output).not.toContain('[outlast]')
  expect(ranMs).toBeLessThan(10 * SECONDS)
})

test('P6: a function gives the headers of each request, a new token after a failure', LIMIT, async () => {
  const tokens: (string | undefined)[] = []
  const { events, host } = await endpoint((response, request) => {
    tokens.push(request.headers.authorization)
    if (tokens.length === 1) response.writeHead(503).end()
    else taken(response, request)
  })
  const { exitCode } = await run(
    host,
    `let count = 0
     const requestHeaders = async () => ({ Authorization: 'Bearer ' + ++count })
     const client = init('phc_test', { host, flushAt: 1, requestHeaders })
     client.capture('one', {}, { distinctId: 'ada' })
     await new Promise((resolve) => client.on('delivered', resolve))`,
  )
  expect(exitCode).toBe(0)
  expect(events).toEqual(['one', 'one'])
  expect(tokens).toEqual(['Bearer 1', 'Bearer 2'])
})

test('P8: an event of nobody is delivered without a person profile, with a warning', LIMIT, async () => {
  const { events, host } = await endpoint()
  const { output } = await run(
    host,
    `const beforeSend = (event) => (console.log(event.event, event.properties.$process_person_profile), event)
     const client = init('phc_test', { host, beforeSend })
     client.capture('one', {}, { distinctId: String(undefined) })
     client.capture('two', {}, { distinctId: 42 })`,
  )
  expect(events).toEqual(['one', 'two'])
  expect(output).toContain('one false')
  expect(output).toContain('two undefined')
  expect(output).toContain('the distinctId "undefined" is no one\'s')
})

test('a client without events holds no process', LIMIT, async () => {
  const { host } = await endpoint()
  const { exitCode, ranMs } = await run(host, `for (let n = 0; n < 20; n++) init('phc_test', { host })`)
  expect(exitCode).toBe(0)
  expect(ranMs).toBeLessThan(10 * SECONDS)
})

test('P5: events of a script whose server is down are told as dropped, once and soon', LIMIT, async () => {
  const { host } = await endpoint((response) => response.writeHead(503).end())
  const { exitCode, output, ranMs } = await run(
    host,
    `const client = init('phc_test', { host, flushAt: 1, onError: ({ reason, count }) => console.log(reason, count) })
     client.capture('one', {}, { distinctId: 'ada' })`,
  )
  expect(exitCode).toBe(0)
  expect(output).toContain('shutdown 1')
  expect(output.match(/could not deliver/g)).toHaveLength(1)
  expect(ranMs).toBeLessThan(10 * SECONDS)
})

test('a server that never answers holds a script no longer than the shutdown time-out', LIMIT, async () => {
  const { events, host } = await endpoint(() => undefined)
  const { exitCode, output, ranMs } = await run(
    host,
    `const client = init('phc_test', { host, shutdownTimeout: 700, flushInterval: 3_600_000 })
     client.capture('one', {}, { distinctId: 'ada' })`,
  )
  expect([exitCode, events]).toEqual([0, ['one']])
  expect(output).toContain('could not deliver 1 event: dropped')
  expect(ranMs).toBeGreaterThanOrEqual(690)
  expect(ranMs).toBeLessThan(10 * SECONDS)
})

test('a request in flight holds the process, with its own time limit', LIMIT, async () => {
  const { events, host } = await endpoint((response) => void setTimeout(() => taken(response, response.req), 600))
  const { exitCode, output, ranMs } = await run(
    host,
    `const client = init('phc_test', { host, flushAt: 1, shutdownTimeout: 100 })
     process.once('beforeExit', () => console.log('idle after', Date.now() - startedAt >= 500))
     client.capture('one', {}, { distinctId: 'ada' })
     await new Promise((resolve) => setTimeout(resolve, 200))`,
  )
  expect([exitCode, events]).toEqual([0, ['one']])
  expect(output).toContain('idle after true')
  expect(output).not.toContain('could not deliver')
  expect(ranMs).toBeGreaterThanOrEqual(500)
})

test.each(['flush', 'shutdown', 'stats', 'pending'])(
  'a script that awaits %s goes on after it',
  LIMIT,
  async (call) => {
    const { events, host } = await endpoint()
    const { exitCode, output } = await run(
      host,
      `const client = init('phc_test', { host })
     client.capture('one', {}, { distinctId: 'ada' })
     await client.${call}()
     console.log('went on')`,
    )
    expect([exitCode, events]).toEqual([0, ['one']])
    expect(output).toContain('went on')
  },
)

test('what other code captures when the process has nothing left to do is delivered too', LIMIT, async () => {
  const { events, host } = await endpoint()
  const { exitCode } = await run(
    host,
    `const client = init('phc_test', { host, flushInterval: 3_600_000 })
     client.capture('one', {}, { distinctId: 'ada' })
     let times = 0
     process.on('beforeExit', () => {
       if (times++ === 1) client.capture('two', {}, { distinctId: 'ada' })
     })`,
  )
  expect([exitCode, events]).toEqual([0, ['one', 'two']])
})

test(
  'P11: a question about the flags of nobody is answered with a warning, and there is no request',
  LIMIT,
  async () => {
    const paths: string[] = []
    const { host } = await endpoint((response, request) => {
      paths.push(String(request.url))
      taken(response, request)
    })
    const { output } = await run(
      host,
      `const client = init('phc_test', { host })
    console.log(await client.getFeatureFlag('beta'), JSON.stringify(await client.getFeatureFlags()))
    await client.getFeatureFlag('beta')
    await client.shutdown()`,
    )
    expect(output).toContain('undefined {}')
    expect(output.match(/need a distinctId/g)).toHaveLength(1)
    expect(paths).toEqual([])
  },
)
