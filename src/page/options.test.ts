/** Every option of `init` is named where names are listed: in the code that finds misspelt ones, on a script tag, in docs/options.md. */

import { readFileSync } from 'node:fs'
import { expect, it, test } from 'vitest'
import { ALL_OPTIONS } from '../client/late/option-names'
import { readDataAttributes } from './script-tag/data-attributes'
import type { OutlastOptions } from './types'

/** Whether the text of an attribute can express the option. The compiler finds an option that is missing here. */
const OPTIONS: Record<keyof OutlastOptions, boolean> = {
  adopt: true,
  beforeSend: false,
  bodyFormat: true,
  bootstrap: false,
  captureMode: true,
  clock: false,
  compression: true,
  consent: true,
  cookieless: true,
  crossSubdomain: true,
  debug: true,
  disableGeoip: true,
  endpoint: true,
  featureFlagsOnEvents: true,
  featureFlagsRequestMaxRetries: true,
  featureFlagsRequestTimeout: true,
  flushAt: true,
  flushInterval: true,
  historicalMigration: true,
  host: true,
  logger: false,
  mask: true,
  maxBatchBytes: true,
  maxBatchSize: true,
  maxConcurrentRequests: true,
  maxEventAge: true,
  maxEventBytes: true,
  maxQueueBytes: true,
  maxQueueSize: true,
  maxRetries: true,
  onError: false,
  persistence: true,
  personProfiles: true,
  requestHeaders: false,
  requestTimeout: true,
  respectDnt: true,
  respectGpc: true,
  retryInitialBackoff: true,
  retryMaxBackoff: true,
  shutdownTimeout: true,
  worker: true,
}

const document = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8')

it('the code that finds misspelt names knows all options, and no other', () => {
  expect([...ALL_OPTIONS].sort()).toEqual(Object.keys(OPTIONS).sort())
})

test.each(Object.entries(OPTIONS))(
  '%s has a row in docs/options.md, and an attribute where a text can express it',
  (name, hasAttribute) => {
    expect(document).toMatch(new RegExp(`^\\| (\`[^|]*\`, )?\`${name}[\`.]`, 'm'))
    const { options } = readDataAttributes({ [name]: name === 'worker' ? 'false' : '1' })
    expect(name in options).toBe(hasAttribute)
  },
)
