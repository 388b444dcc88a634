// @ts-check
/** The situations in which an event is captured, each measured by itself. */

/**
 * @typedef {object} Row
 * @property {string} title
 * @property {Record<string, unknown>} [options] of `init`
 * @property {'at once' | 'when there is a worker' | 'when its worker was stopped'} begin when captures begin
 * @property {'at once' | 'slow' | 'no worker file'} [files] how the library's files are answered until the kill
 * @property {readonly [least: number, most: number]} killed ms from the first capture to the kill
 */

/**
 * In ms. A kill that comes before anything could survive tells no more than that it takes at least that long, so the
 * span ends well after the time that the row is expected to take. The harness needs some ms to hear of the first capture.
 */
const KILLED = /** @type {const} */ ([10, 600])

/** As above, where two files that come one after the other take half a second each, in ms. */
const KILLED_LATER = /** @type {const} */ ([10, 1_500])

export const ROWS = /** @satisfies {Record<string, Row>} */ ({
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
})

/** @typedef {keyof typeof ROWS} RowName */
