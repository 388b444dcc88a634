/** How another process, or a thread, runs TypeScript. */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Arguments of `node`, before the file. */
export const TSX = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]

/** On Node 20 a thread does not run what `--import` names, so it has to register tsx itself. */
export function startThread(file: URL, options: WorkerOptions): Worker {
  const [api, entry] = [import.meta.resolve('tsx/esm/api'), file.href].map((url) => JSON.stringify(url))
  return new Worker(`import(${api}).then(({ register }) => { register(); return import(${entry}) })`, {
    ...options,
    eval: true,
  })
}
