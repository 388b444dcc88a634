import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type World, world } from '../../../test/support/client/world'
import { exceptionList } from '../../plugins/exceptions/exception-list'
import { captureException } from '../../plugins/exceptions/exceptions'
import { listenToConsole, reportEvent } from '../../plugins/exceptions/handlers'

let warned: string[] = []

beforeEach(() => {
  warned = []
  vi.spyOn(console, 'warn').mockImplementation((text) => void warned.push(String(text)))
})

afterEach(() => void vi.restoreAllMocks())

const mechanisms = (w: World) =>
  (w.last().$exception_list as { mechanism: Record<string, unknown> }[]).map(({ mechanism }) => mechanism)

/** A page tells of an error that nothing has caught. */
const uncaught = (w: World, error: unknown) => reportEvent(w.client, Object.assign(new Event('error'), { error }))

test('Manual capture emits canonical defaults', () => {
  const w = world()
  captureException(w.client, new Error('caught'))
  expect(w.enqueued.map(({ event }) => event)).toEqual(['$exception'])
  expect(w.last().$exception_level).toBe('error')
  expect(w.last()).not.toHaveProperty('$exception_source')
  expect(mechanisms(w)).toEqual([{ type: 'generic', handled: true, synthetic: false, exception_id: 0 }])
})

test('A nested cause identifies its relationship', () => {
  const w = world()
  captureException(w.client, new Error('outer', { cause: new Error('inner') }))
  const [outer, inner] = mechanisms(w)
  expect(outer?.exception_id).toBe(0)
  for (const name of ['parent_id', 'source']) expect(outer).not.toHaveProperty(name)
  expect(inner).toEqual({ type: 'chained', source: 'cause', synthetic: false, exception_id: 1, parent_id: 0 })
})

test('An aggregate serializes a deterministic flattened tree', () => {
  const w = world()
  const second = new Error('validation', { cause: new Error('parse') })
  uncaught(w, new AggregateError([new Error('network'), second], 'two failed'))
  expect(mechanisms(w)).toMatchObject([
    { handled: false, exception_id: 0 },
    { type: 'chained', source: 'member', exception_id: 1, parent_id: 0 },
    { type: 'chained', source: 'member', exception_id: 2, parent_id: 0 },
    { type: 'chained', source: 'cause', exception_id: 3, parent_id: 2 },
  ])
})

test('Cycles and oversized exception trees are bounded', () => {
  const w = world()
  const cyclic = new Error('cyclic')
  cyclic.cause = new Error('between', { cause: cyclic })
  captureException(w.client, cyclic)
  expect(w.last().$exception_list).toMatchObject([{ value: 'cyclic' }, { value: 'between' }])
  const members = Array.from({ length: 60 }, (_, index) => new Error(`member ${index}`, { cause: `cause ${index}` }))
  captureException(w.client, new AggregateError(members, 'all'))
  const values = (w.last().$exception_list as { value: string }[]).map(({ value }) => value)
  const inOrder = members.flatMap(({ message, cause }) => [message, cause])
  expect(values).toEqual(['all', ...inOrder.slice(0, 49)])
})

test('A preserved runtime stack is not synthetic', () => {
  const w = world()
  captureException(w.client, new Error('with a stack'))
  expect(mechanisms(w)[0]?.synthetic).toBe(false)
})

test('A synthesized current stack is marked synthetic', () => {
  const w = world()
  captureException(w.client, { message: 'without a stack' })
  expect(mechanisms(w)[0]?.synthetic).toBe(true)
  captureException(w.client, Object.assign(new Error('its stack was taken away'), { stack: undefined }))
  expect(mechanisms(w)[0]?.synthetic).toBe(true)
})

test('Logger capture normalizes severity and remains handled', () => {
  const w = world()
  captureException(w.client, 'out of paper', undefined, { level: 'warn', mechanism: { type: 'logger' } })
  expect(w.last().$exception_level).toBe('warning')
  expect(mechanisms(w)[0]).toMatchObject({ type: 'logger', handled: true })
  const page = { console: { error: () => undefined as unknown }, addEventListener() {}, removeEventListener() {} }
  const stop = listenToConsole(w.client, page)
  ;(page.console.error as (...given: unknown[]) => void)('broken', 7)
  stop()
  expect(w.last()).toMatchObject({
    $exception_level: 'error',
    $exception_source: 'browser.console',
    $exception_list: [{ value: 'broken 7', mechanism: { type: 'onconsole', handled: true } }],
  })
})

test('A fatal logger call remains handled', () => {
  const w = world()
  for (const level of ['fatal', 'CRITICAL', 'alert', 'emergency']) {
    captureException(w.client, `${level} record`, undefined, { level, mechanism: { type: 'logger' } })
    expect(w.last().$exception_level).toBe('fatal')
    expect(mechanisms(w)[0]?.handled).toBe(true)
  }
})

test('A non-fatal uncaught boundary emits unhandled error metadata', () => {
  const w = world()
  uncaught(w, new Error('uncaught'))
  expect(w.last()).toMatchObject({ $exception_level: 'error', $exception_source: 'browser.window_onerror' })
  expect(mechanisms(w)[0]).toMatchObject({ type: 'onuncaughtexception', handled: false })
  reportEvent(w.client, Object.assign(new Event('unhandledrejection'), { reason: new Error('rejected') }))
  expect(w.last()).toMatchObject({ $exception_source: 'browser.unhandledrejection' })
  expect(mechanisms(w)[0]).toMatchObject({ type: 'onunhandledrejection', handled: false })
})

test('Capture source remains distinct from processor-derived source files', () => {
  const w = world()
  const own = { source: 'react.error_boundary', mechanism: { type: 'middleware', handled: false } }
  captureException(w.client, new Error('rendered'), undefined, own)
  expect(w.last().$exception_source).toBe('react.error_boundary')
  expect(w.last()).not.toHaveProperty('$exception_sources')
  expect(mechanisms(w)[0]).toMatchObject({ type: 'middleware', handled: false })
})

test('Generic properties cannot override canonical exception metadata', () => {
  const w = world()
  captureException(w.client, new Error('caught'), {
    ...{ $exception_list: [], $exception_level: 'debug', $exception_source: 'django.middleware' },
    ...{ $exception_issue_id: 'x', $debug_images: [], $exception_fingerprint: 'own group' },
  })
  expect(w.last()).toMatchObject({ $exception_level: 'error', $exception_fingerprint: 'own group' })
  expect(w.last().$exception_list).toHaveLength(1)
  for (const name of ['$exception_source', '$exception_issue_id', '$debug_images']) {
    expect(w.last()).not.toHaveProperty(name)
    expect(warned.join()).toContain(name)
  }
})

test('Internal integration metadata participates in typed precedence', () => {
  const w = world()
  uncaught(w, 'thrown text')
  const [byDefault] = mechanisms(w)
  expect(byDefault).toEqual({ type: 'onuncaughtexception', handled: false, synthetic: true, exception_id: 0 })
  const mechanism = { type: 'middleware', handled: false, synthetic: true }
  captureException(w.client, new Error('rendered'), undefined, { level: 'fatal', source: 'vue.handler', mechanism })
  expect(w.last()).toMatchObject({ $exception_level: 'fatal', $exception_source: 'vue.handler' })
  expect(mechanisms(w)).toEqual([{ ...mechanism, exception_id: 0 }])
})

test('Invalid typed metadata falls back at an SDK-owned boundary', () => {
  const w = world()
  const invalid = { level: 'verbose', source: '', mechanism: { type: '', handled: 'yes', synthetic: true } }
  captureException(w.client, new Error('caught'), undefined, invalid as never)
  expect(w.last().$exception_level).toBe('error')
  expect(w.last()).not.toHaveProperty('$exception_source')
  expect(mechanisms(w)).toEqual([{ type: 'generic', handled: true, synthetic: true, exception_id: 0 }])
})

test('Invalid metadata remains absent in a context-free builder', () => {
  const invalid = { type: 'task', handled: 'yes' } as never
  expect(exceptionList(new Error('assembled elsewhere'), invalid)[0].mechanism).toEqual({
    type: 'task',
    synthetic: false,
    exception_id: 0,
  })
})

test('A low-level producer preserves unknown metadata as absent', () => {
  const w = world()
  const list = exceptionList(new Error('assembled elsewhere'))
  expect(list.map(({ mechanism }) => mechanism)).toEqual([{ exception_id: 0 }])
  w.client.capture('$exception', { $exception_list: list })
  for (const name of ['$exception_level', '$exception_source', '$exception_fingerprint', '$debug_images']) {
    expect(w.last()).not.toHaveProperty(name)
  }
})
