import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BEGIN, type World, world } from '../../../test/support/client/world'
import { addExceptionStep, captureException, exceptions } from '../../plugins/exceptions/exceptions'
import { listenToConsole } from '../../plugins/exceptions/handlers'

let warned: string[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: BEGIN })
  warned = []
  vi.spyOn(console, 'warn').mockImplementation((text) => void warned.push(String(text)))
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const boom = (w: World, message = 'boom') => captureException(w.client, new TypeError(message))

const steps = (w: World) => w.last().$exception_steps as { $message: string; $timestamp: string }[] | undefined

const messages = (w: World) => steps(w)?.map(({ $message }) => $message)

test('Buffered steps attach to the next captured exception in order', () => {
  const w = world()
  for (const name of ['step A', 'step B', 'step C']) addExceptionStep(w.client, name)
  boom(w)
  expect(w.enqueued.map(({ event }) => event)).toEqual(['$exception'])
  expect(messages(w)).toEqual(['step A', 'step B', 'step C'])
})

test('Each step records a call-time timestamp and user properties', () => {
  const w = world()
  const cart = { items: 1 }
  addExceptionStep(w.client, 'User tapped Checkout', { screen: 'cart', cart })
  vi.setSystemTime(BEGIN + 5_000)
  cart.items = 2
  boom(w)
  const $timestamp = '2025-01-01T00:00:00.000Z'
  expect(steps(w)).toEqual([{ screen: 'cart', cart: { items: 1 }, $message: 'User tapped Checkout', $timestamp }])
})

test('Reserved keys in step properties are stripped', () => {
  const w = world()
  addExceptionStep(w.client, 'real message', { $message: 'spoofed', $timestamp: '1999-01-01', screen: 'cart' })
  boom(w)
  expect(steps(w)).toEqual([{ screen: 'cart', $message: 'real message', $timestamp: '2025-01-01T00:00:00.000Z' }])
  expect(warned).toEqual([expect.stringMatching(/\$message and \$timestamp/)])
})

test('Caller-supplied exception steps are not overwritten', () => {
  const w = world()
  addExceptionStep(w.client, 'buffered step')
  captureException(w.client, new Error('boom'), { $exception_steps: ['own'] })
  expect(steps(w)).toEqual(['own'])
})

test('Buffered steps persist across captures', () => {
  const w = world()
  addExceptionStep(w.client, 'step A')
  boom(w, 'first')
  expect(messages(w)).toEqual(['step A'])
  addExceptionStep(w.client, 'step B')
  boom(w, 'second')
  expect(messages(w)).toEqual(['step A', 'step B'])
})

test('Capture does not consume the buffer when an exception is dropped', () => {
  const w = world({ options: { beforeSend: (event) => (event.properties.drop ? null : event) } })
  addExceptionStep(w.client, 'kept step')
  captureException(w.client, new Error('dropped'), { drop: true })
  expect(w.enqueued).toEqual([])
  boom(w, 'later')
  expect(messages(w)).toEqual(['kept step'])
})

test('A user identity change does not clear the buffer', () => {
  const w = world()
  addExceptionStep(w.client, 'before identity change')
  w.client.identify('user-1')
  w.client.reset()
  boom(w)
  expect(messages(w)).toEqual(['before identity change'])
})

test('Steps are cleared on a clean launch', async () => {
  const w = world()
  addExceptionStep(w.client, 'previous run step')
  await w.client.shutdown()
  const next = w.restart()
  boom(next)
  expect(next.last()).not.toHaveProperty('$exception_steps')
})

test('Oldest steps are evicted when the byte budget is exceeded', () => {
  const w = world()
  exceptions(w.client, { stepBytes: 300 })
  // Letters that are two bytes each in UTF-8: four of these steps have room.
  for (let n = 0; n < 10; n++) addExceptionStep(w.client, `${n} ${'é'.repeat(5)}`)
  boom(w)
  const bytes = new TextEncoder().encode((steps(w) ?? []).map((step) => JSON.stringify(step)).join('')).length
  expect(bytes).toBeLessThanOrEqual(300)
  expect(messages(w)?.map((message) => message[0])).toEqual(['6', '7', '8', '9'])
})

test('A single oversized step is rejected and existing steps are retained', () => {
  const w = world()
  exceptions(w.client, { stepBytes: 300 })
  addExceptionStep(w.client, 'small step')
  addExceptionStep(w.client, 'x'.repeat(1_000))
  boom(w)
  expect(messages(w)).toEqual(['small step'])
  expect(warned).toEqual([expect.stringContaining('300 bytes')])
})

test('Empty or invalid step message is ignored', () => {
  const w = world()
  for (const message of ['', '  ', undefined, null, 42, {}]) addExceptionStep(w.client, message as string)
  expect(warned).toEqual([expect.stringContaining('needs a message')])
  boom(w)
  expect(w.last()).not.toHaveProperty('$exception_steps')
})

test('Disabled exception steps are a no-op', () => {
  const w = world()
  exceptions(w.client, { stepBytes: 0 })
  addExceptionStep(w.client, 'step A')
  boom(w)
  expect(w.last()).not.toHaveProperty('$exception_steps')
  expect(warned).toEqual([])
})

test('a step with values that JSON has no form for is kept, and one that cannot be read costs itself alone', () => {
  const w = world()
  const cyclic: Record<string, unknown> = {
    big: 1n,
    map: new Map([['a', 1]]),
    set: new Set([1]),
    error: new Error('e'),
  }
  cyclic.self = cyclic
  addExceptionStep(w.client, 'odd', { cyclic, at: new Date(BEGIN), none: undefined })
  const hostile = {
    get thrown() {
      throw new Error('hostile')
    },
  }
  addExceptionStep(w.client, 'hostile', { hostile })
  boom(w)
  expect(steps(w)).toMatchObject([
    {
      at: '2025-01-01T00:00:00.000Z',
      cyclic: { big: '1', map: { a: 1 }, set: [1], error: { name: 'Error', message: 'e' }, self: '[Circular]' },
    },
  ])
  expect(warned).toEqual([expect.stringContaining('a step is not kept')])
})

test('each client has steps of its own, and a person who refuses leaves none behind', () => {
  const [one, two] = [world(), world()]
  addExceptionStep(one.client, 'of one')
  boom(two)
  expect(two.last()).not.toHaveProperty('$exception_steps')
  one.client.optOut()
  addExceptionStep(one.client, 'while refusing')
  one.client.optIn()
  boom(one)
  expect(one.last()).not.toHaveProperty('$exception_steps')
})

test('P10: steps of before a refusal go with no exception of after it, whichever copy of the client is asked', () => {
  for (const options of [undefined, { clear: true }]) {
    const w = world()
    exceptions({ ...w.client })
    addExceptionStep(w.client, 'before the refusal')
    w.client.optOut(options)
    w.client.optIn()
    boom(w)
    expect(w.last()).not.toHaveProperty('$exception_steps')
    addExceptionStep(w.client, 'after it')
    boom(w)
    expect(messages(w)).toEqual(['after it'])
  }
})

test('P11: console.error writes whatever it is given, and never throws', () => {
  const w = world()
  const written: unknown[][] = []
  vi.spyOn(console, 'error').mockImplementation((...given) => void written.push(given))
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const scope = { console, addEventListener() {}, removeEventListener() {} }
  const stop = listenToConsole(w.client, scope)
  console.error('draft', proxy)
  stop()
  expect(written).toHaveLength(1)
  expect(warned).toEqual([expect.stringContaining('an exception is not captured')])
})
