/** How many events of a run are on the device. */

import { settled } from './settled'

/** @param owner what the names of the library's keys and databases begin with; by default wherever any library keeps events */
export async function countStored(run: string, owner = '') {
  const found = new Set<string>()
  const pattern = new RegExp(`${run}-\\d+`, 'g')
  const look = (text: string) => {
    for (const [id] of text.matchAll(pattern)) found.add(id)
  }
  for (const key of Object.keys(localStorage)) if (key.startsWith(owner)) look(localStorage.getItem(key) ?? '')
  for (const { name } of await indexedDB.databases()) if (name?.startsWith(owner)) await lookInDatabase(name, look)
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
