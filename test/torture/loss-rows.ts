/** The situations in which an event is captured, each measured by itself. */

export interface Row {
  title: string
  /** Of `init`. */
  options?: Record<string, unknown>
  /** When captures begin. */
  begin: 'at once' | 'when there is a worker' | 'when its worker was stopped'
  /** How the library's files are answered until the kill. */
  files?: 'at once' | 'slow' | 'no worker file'
  /** The time from the first capture to the kill, in ms. */
  killed: readonly [least: number, most: number]
}

/**
 * In ms. A kill that comes before anything could survive tells no more than that it takes at least that long, so the
 * span ends well after the time that the row is expected to take. The harness needs some ms to hear of the first capture.
 */
const KILLED = [10, 600] as const

/** As above, where two files that come one after the other take half a second each, in ms. */
const KILLED_LATER = [10, 1_500] as const

export const ROWS = {
  'worker-running': { title: 'worker running', begin: 'when there is a worker', killed: KILLED },
  'worker-stopped': { title: 'worker stopped', begin: 'when its worker was stopped', killed: KILLED },
  'first-visit': { title: 'first visit', begin: 'at once', killed: KILLED },
  'slow-files': { title: 'first visit, files take 500 ms', begin: 'at once', files: 'slow', killed: KILLED_LATER },
  'no-worker-file': {
    title: 'worker file that never comes',
    begin: 'at once',
    files: 'no worker file',
    killed: KILLED,
  },
  'no-worker': { title: 'no worker', options: { worker: false }, begin: 'at once', killed: KILLED },
} satisfies Record<string, Row>

export type RowName = keyof typeof ROWS
