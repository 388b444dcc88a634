/** How many events of a run are on the device, wherever a library keeps them. */

import { settled } from './settled'

export async function countStored(run: string) {
  const found = new Set<string>()
  const pattern = new RegExp(`${run}-\\d+`, 'g')
  const look = (text: string) => {
    for (const [id] of text.matchAll(pattern)) found.add(id)
  }
  for (let index = 0; index < localStorage.length; index++)
    look(localStorage.getItem(localStorage.key(index) ?? '') ?? '')
  for (const { name } of await indexedDB.databases()) if (name) await lookInDatabase(name, look)
  return found.size
}

async function lookInDatabase(name: string, look: (text: string) => void) {
  const database = await settled(indexedDB.open(name))
  for (const storeName of database.objectStoreNames) {
    const values = await settled(database.transaction(storeName).objectStore(storeName).getAll())
    for (const value of values) look(textOf(value))
  }
  database.close()
}

/** Bytes are text too, for a request that is kept whole. */
function textOf(value: unknown) {
  return JSON.stringify(value, (_, inner) => {
    if (inner instanceof ArrayBuffer) return new TextDecoder().decode(inner)
    return ArrayBuffer.isView(inner) ? new TextDecoder().decode(inner) : inner
  })
}
