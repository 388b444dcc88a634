import type { Emitter } from '../first/emitter'
import type { Log } from '../first/log'
import type { OutlastEvents } from '../types'
import { debug } from './debug'

const REPORTED = [
  'queued',
  'sending',
  'delivered',
  'retry',
  'drop',
  'degraded',
  'host',
  'update',
] satisfies (keyof OutlastEvents)[]

/** Returns a function that starts to log every report as a debug message. Calling it again changes nothing. */
export function reporterToLog({ on }: Emitter<OutlastEvents>, log: Log): () => void {
  let reported = false
  return () => {
    if (reported) return
    reported = true
    for (const name of REPORTED) on(name, (detail) => debug(log, `${name} ${JSON.stringify(detail)}`))
  }
}
