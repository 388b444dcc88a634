import { createLog, type Log } from '../../../src/client/first/log'
import { WARNINGS } from '../../../src/client/late/warnings'

/** A log that has its words from the start. What it says is added to the list, without the library's name before it. */
export function speaking(said: string[]): Log {
  const log = createLog({ warn: (message) => void said.push(message.replace('[outlast] ', '')) }, false)
  log.setWords(WARNINGS)
  return log
}
