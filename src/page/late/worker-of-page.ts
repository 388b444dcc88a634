/**
 * The worker that a page may have, and what only that worker has: a `beforeSend` of the site's, or headers that it asks
 * for.
 */

import type { Front } from '../../client/first/front'
import { copyOf } from '../../core/base/values'
import type { HeadersSource } from '../../core/config/ask-headers'
import type { OutlastOptions } from '../types'
import { HOOKED_KEY } from './note-hook'
import type { KnownHook } from './on-disk'
import type { StoragePorts } from './persistence'
import { ownBase, readWorkerOptions, type WorkerLocation } from './worker-options'

export interface WorkerOfPage extends KnownHook {
  worker: WorkerLocation | false
  /** Whether `hooked` holds, or the journal's rules say that another worker of the site has a `beforeSend`. */
  isHooked(): boolean
  /** The option that only the site's worker has, so that no other host may send. */
  lacks(): 'beforeSend' | 'requestHeaders' | undefined
}

/** @param askHeaders the page's option `requestHeaders`, where it is a function */
export function workerOfPage(
  { lasting, setup: { logs } }: Front,
  options: OutlastOptions,
  askHeaders: HeadersSource | undefined,
  ports: StoragePorts,
): WorkerOfPage {
  const said = copyOf(options.worker)
  /** The site says, or this page remembers, that the site's worker has a `beforeSend`. */
  const hooked = () => said.beforeSend === true || lasting.get(HOOKED_KEY) === 'true'
  const isHooked = () => hooked() || ports.ownJournal?.lastRules?.hooked === true
  const workerAsks = said.requestHeaders === true
  // The page's function cannot be handed to a worker, so the page sends the events itself.
  const given = readWorkerOptions(options.worker, ownBase(), logs)
  const worker = askHeaders && !workerAsks ? false : given
  if (askHeaders && !workerAsks && hooked()) logs.warnOf('ofWorker')
  return {
    worker,
    hooked,
    hookedBy: said.beforeSend === true && worker ? worker.scope : undefined,
    isHooked,
    lacks() {
      if (isHooked()) return 'beforeSend'
      return workerAsks && !askHeaders ? 'requestHeaders' : undefined
    },
  }
}
