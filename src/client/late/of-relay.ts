/**
 * What the options of a relay (`outlast/relay`) mean for its queue. A relay's own code leaves to this file what can
 * wait.
 */

import { isObject, show } from '../../core/base/values'
import type { HeadersSource } from '../../core/config/ask-headers'
import type { Log } from '../first/log'
import type { CommonOptions } from '../types'
import { checkOptions } from './check-options'

const isCompression = (given: unknown): given is 'gzip' | 'deflate' => given === 'gzip' || given === 'deflate'

/** Each host of a relay has a client, and all of them have these options: what is wrong is told once. */
const told = new Set<unknown>()

/** The same as options of `init`, for the queue of a host. */
export function readRelayOptions(given: CommonOptions, warnOf: Log['warnOf']): CommonOptions {
  const { compress, maxAge, headers } = given as { compress?: unknown; maxAge?: number; headers?: HeadersSource }
  const warnOnce = (kind: 'unusable', name: string, value: unknown, ...more: [using: unknown, within?: string]) => {
    const fault = Object(value) === value ? value : `${name} ${show(value)}`
    if (!told.has(fault)) warnOf(kind, name, value, ...more)
    told.add(fault)
  }
  const check = checkOptions(given, warnOnce as Log['warnOf'])
  check('hosts', (hosts) => [hosts].flat().every((host) => /^https?:\/\/[^\s/?#\\@]+/.test(String(host))))
  check('compress', (word) => word === false || isCompression(word))
  check('maxBodyBytes', (bytes) => typeof bytes === 'number' && bytes >= 0)
  check('storedHeaders', (named) => isObject(named) && Object.entries(named).every(isLimit))
  return {
    ...given,
    maxEventAge: maxAge,
    // An endpoint has to understand the compression: an unknown word compresses nothing.
    compression: isCompression(compress) ? compress : 'none',
    requestHeaders: headers,
    // Each request goes out as soon as it can, alone and in its turn.
    ...{ flushAt: 1, flushInterval: 0, maxBatchSize: 1, maxConcurrentRequests: 1 },
  }
}

const isLimit = ([name, ms]: [string, unknown]) =>
  /^[!#$%&'*+.^`|~\w-]+$/.test(name) && typeof ms === 'number' && ms > 0
