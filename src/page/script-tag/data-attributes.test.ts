import { expect, test } from 'vitest'
import { readDataAttributes } from './data-attributes'

test('attributes are options, each as its type', () => {
  const { key, options } = readDataAttributes({
    ...{ key: 'phc_test', host: 'https://example.com', flushInterval: '200', debug: '', disableGeoip: 'false' },
    ...{ workerUrl: '/w.js', workerBeforeSend: '', distinctId: 'me', personProfiles: 'never' },
    ...{ captureMode: 'json', endpoint: '/in', bodyFormat: 'ndjson' },
  })
  expect(key).toBe('phc_test')
  expect(options).toEqual({
    ...{ host: 'https://example.com', flushInterval: 200, debug: true, disableGeoip: false },
    personProfiles: 'never',
    ...{ captureMode: 'json', endpoint: '/in', bodyFormat: 'ndjson' },
    worker: { url: '/w.js', beforeSend: true },
    bootstrap: { distinctId: 'me' },
  })
})

test('attributes of the worker are parts of one option, and a text without a place is none', () => {
  const worker = (data: Record<string, string>) => readDataAttributes(data).options.worker
  expect(worker({ workerUrl: '', workerScope: '/', workerType: 'module', workerRequestHeaders: '' })).toEqual({
    ...{ url: undefined, scope: '/', type: 'module', requestHeaders: true },
  })
  expect(worker({ workerBeforSend: '' })).toEqual({ beforSend: true })
  expect(worker({ worker: 'false', workerUrl: '/w.js' })).toBe(false)
})

test('P10: what is to be masked is the text of the option, and no text masks all', () => {
  const mask = (text: string) => readDataAttributes({ mask: text }).options.mask
  expect(mask('secrets, email, #')).toBe('secrets, email, #')
  // No name at all, which `init` takes for a mistake.
  expect(mask('')).toBe(true)
})

test('P11: an attribute that is no option goes to init as the site wrote it, which names it', () => {
  const { options } = readDataAttributes({ flushInteval: '200', beforeSend: '', cfasync: 'false' })
  expect(options).toEqual({ 'data-flush-inteval': '200', 'data-before-send': true, 'data-cfasync': 'false' })
})

test("P11: a host under posthog-js's name is none of init's default, as in a module", () => {
  expect(readDataAttributes({ apiHost: 'https://eu.example.com' }).options).toEqual({
    api_host: 'https://eu.example.com',
  })
})

test('data-pageviews is on with any words but "false", and the words stay as they are', () => {
  const pageviews = (text?: string) => readDataAttributes(text === undefined ? {} : { pageviews: text }).pageviews
  expect([pageviews(), pageviews('false')]).toEqual([undefined, undefined])
  expect([pageviews(''), pageviews('hash, no-leave')]).toEqual(['', 'hash, no-leave'])
})

test('what the tag does besides is no option', () => {
  expect(readDataAttributes({ webContext: '' })).toMatchObject({ webContext: true, options: {} })
  expect(readDataAttributes({ webContext: 'false' }).webContext).toBe(false)
})
