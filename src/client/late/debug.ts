import type { Log } from '../first/log'

/** Logs what happens to events, if the site has asked for that. */
export function debug(log: Log, message: string): void {
  if (log.debugs) log.write('debug', message)
}
