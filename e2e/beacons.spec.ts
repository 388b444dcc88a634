/** What real beacons carry, of a page without a worker that captures in its very last task. */

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
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
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
