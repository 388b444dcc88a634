import { expect, test } from 'vitest'
import { remedyForLeaving, remedyForRegistering } from './worker-remedies'

const OWN = { url: 'https://shop.example.com/sw.js', scope: 'https://shop.example.com/', type: 'classic' } as const

// The words of Chromium 141, Firefox 142 and WebKit 26.
test.each([
  [
    "TypeError: Failed to register a ServiceWorker for scope ('https://a/') with script ('https://a/w.js'): A bad HTTP response code (404) was received when fetching the script.",
    'outlast copy',
  ],
  [
    "SecurityError: Failed to register a ServiceWorker: The script has an unsupported MIME type ('text/html').",
    'something else than JavaScript',
  ],
  [
    "SecurityError: Failed to register a ServiceWorker: The path of the provided scope ('/') is not under the max scope allowed ('/__outlast/').",
    'worker.scope',
  ],
  ['TypeError: Failed to register a ServiceWorker: ServiceWorker script evaluation failed', 'has an error'],
  ['TypeError: ServiceWorker script threw an exception on startup', 'has an error'],
  ['SecurityError: The operation is insecure.', 'outlast copy'],
])('P11: %s has a remedy', (reason, remedy) => {
  expect(remedyForRegistering(reason)).toContain(remedy)
})

test('P11: a worker that does not answer, or is of another version, has a remedy', () => {
  expect(remedyForLeaving(OWN, 'no answer')).toContain("importScripts('worker.js')")
  expect(remedyForLeaving({ ...OWN, type: 'module' }, 'no answer')).toContain('outlast/worker')
  expect(remedyForLeaving(OWN, 'version: 2 is not 1')).toContain('another version')
  expect(remedyForLeaving(OWN, 'it was removed')).toBe('')
})
