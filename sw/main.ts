/**
 * The ready-made worker file. A site's own worker can load it with `importScripts`, and set its options before that:
 *
 *     self.outlast = { beforeSend: (event) => event }
 *     importScripts('/__outlast/worker.js')
 */

import { install, type OutlastWorkerOptions } from './install'

install((globalThis as { outlast?: OutlastWorkerOptions }).outlast)
