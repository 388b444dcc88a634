/** What the browser itself can do: the physical limits that a library is measured against. */

import { settled } from './settled'
import { newTask } from './task'

/** Events serialized and written in chunks, one transaction for each task's: nothing but IndexedDB. */
export async function measureIndexedDb(count: number, perTask: number, makeEvent: (number: number) => string) {
  const name = 'bare'
  await settled(indexedDB.deleteDatabase(name))
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('chunks', { autoIncrement: true })
  const database = await settled(opening)
  const started = performance.now()
  const writes: Promise<unknown>[] = []
  for (let from = 0; from < count; from += perTask) {
    const chunk: string[] = []
    for (let number = from; number < Math.min(from + perTask, count); number++) chunk.push(makeEvent(number))
    const transaction = database.transaction('chunks', 'readwrite', { durability: 'relaxed' })
    transaction.objectStore('chunks').put(chunk)
    writes.push(
      new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      }),
    )
    await newTask()
  }
  await Promise.all(writes)
  const ms = performance.now() - started
  database.close()
  await settled(indexedDB.deleteDatabase(name))
  return { ms }
}

/** Sends bodies that are already in memory, several at a time: nothing but `fetch`. */
export async function measureFetch(host: string, count: number, concurrency: number) {
  const bodies = await Promise.all(
    Array.from({ length: count }, async (_, index) => (await fetch(`/bodies/${index}`)).arrayBuffer()),
  )
  const started = performance.now()
  let next = 0
  const send = async () => {
    for (let bytes = bodies[next++]; bytes; bytes = bodies[next++]) {
      const body = new Blob([bytes], { type: 'text/plain' })
      const response = await fetch(`${host}/batch/?compression=gzip-js`, { method: 'POST', body })
      await response.text()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, send))
  return { ms: performance.now() - started }
}
