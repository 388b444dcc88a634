// What a page writes to disk itself, with nothing to wait for: what else it wrote before is to be there by then, however busy the machine.

/** In a row: the library takes two transactions, so twice as many leave it no room to be late, and a busy machine no race. */
const TRANSACTIONS = 4

/** Resolves once all of them are on disk. */
export function writeOwn() {
  return new Promise((resolve) => {
    const opening = indexedDB.open('yardstick')
    opening.onupgradeneeded = () => opening.result.createObjectStore('rows')
    opening.onsuccess = () => write(TRANSACTIONS)

    function write(times) {
      if (times === 0) return resolve()
      const tx = opening.result.transaction('rows', 'readwrite', { durability: 'relaxed' })
      tx.objectStore('rows').put('x'.repeat(1_000), times)
      tx.oncomplete = () => write(times - 1)
    }
  })
}
