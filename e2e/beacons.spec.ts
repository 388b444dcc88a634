/** What real beacons carry, of a page without a worker that captures in its very last task. */

import { leave } from './leave'
import { expect, test } from './recorder'

test('P5: historical and AI events that are captured while leaving arrive at their endpoint, as what they are', async ({
  open,
  site,
  recorder,
}) => {
  site.answer('/__outlast/worker.js', { status: 404 })
  const page = await open({ host: recorder.url, compression: 'none' })
  await page.evaluate(() =>
    addEventListener('pagehide', () => {
      window.outlast.capture('live')
      window.outlast.captureBatch([{ event: 'imported' }, { event: 'imported too' }], { historicalMigration: true })
      window.outlast.captureAi('$ai_generation', { $ai_model: 'm' })
    }),
  )
  await leave(page)
  const beacons = () => recorder.requests.filter(({ path }) => path.includes('beacon=1'))
  await expect.poll(() => beacons().length).toBe(3)
  const told = beacons().map(({ path, body }) => ({
    path,
    historical: body.historical_migration,
    events: body.batch.map(({ event }) => event),
  }))
  expect(told).toEqual(
    expect.arrayContaining([
      { path: '/batch/?beacon=1', historical: undefined, events: ['live'] },
      { path: '/batch/?beacon=1', historical: true, events: ['imported', 'imported too'] },
      { path: '/i/v0/ai/batch/?beacon=1', historical: undefined, events: ['$ai_generation'] },
    ]),
  )
})

test('P4: a page with a worker that answers sends no beacon, though a tab that was opened since has had it read the rules again', async ({
  open,
  recorder,
}) => {
  const options = { host: recorder.url, compression: 'none' }
  const page = await open(options)
  await page.evaluate(() => addEventListener('pagehide', () => window.outlast.capture('last words')))
  const reread = page.evaluate(rulesReread)
  const other = await open(options)
  await reread
  await leave(page)
  await expect.poll(() => recorder.requests.length).toBeGreaterThan(0)
  await expect.poll(() => other.evaluate(() => window.outlast.pending())).toBe(0)
  expect(recorder.requests.map(({ path, body }) => [path, body.batch.length])).toEqual([['/batch/', 1]])
})

/** Resolves once another tab has told this one that it has read the rules, and this one has read them again for it. */
async function rulesReread() {
  await new Promise((resolve) => {
    new BroadcastChannel('outlast:rules').onmessage = resolve
  })
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('outlast')
    opening.onsuccess = () => resolve(opening.result)
  })
  // Transactions on one table are done in order: this one comes after the library's.
  await new Promise((resolve) => {
    const tx = database.transaction('rules', 'readwrite')
    tx.oncomplete = resolve
    tx.objectStore('rules').count()
  })
  database.close()
}
