/** Switches the debug messages of a client on and off. */

import type { Emitter } from '../first/emitter'
import type { Log } from '../first/log'
import type { OutlastEvents } from '../types'
import { debug } from './debug'

type Switch = (wanted?: boolean) => Promise<void>

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

/**
 * While debug messages are on, every report is logged as one. They are on from the start if the site's options say so.
 *
 * @param listen starts to receive the hosts' reports
 * @returns the switch
 */
export function debugSwitch({ on }: Emitter<OutlastEvents>, log: Log, listen: () => void): Switch {
  let reported = false
  const debugs: Switch = async (wanted = true) => {
    log.debugs = wanted
    if (!wanted || reported) return
    reported = true
    listen()
    for (const name of REPORTED) on(name, (detail) => debug(log, `${name} ${JSON.stringify(detail)}`))
  }
  if (log.debugs) void debugs()
  return debugs
}
