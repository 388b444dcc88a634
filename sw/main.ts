/**
 * The ready-made worker file, also for `importScripts` in a worker of the site's own, which may set its options before:
 *
 *     self.outlast = { beforeSend: (event) => event }
 *     importScripts('/__outlast/worker.js')
 */

import { install, type WorkerOptions } from './install'

install((globalThis as { outlast?: WorkerOptions }).outlast)
