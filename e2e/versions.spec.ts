import { expect, test } from './fixtures'
import { leave } from './leave'
import { capture, captureAndForget, PAGE, stats, told } from './told'
import { buildVariant, NEXT_MESSAGES, NEXT_RELEASE, serve } from './variant'
import { takeOver, update } from './worker-lives'

const isWorkerFile = (file: string) => file.startsWith('/__outlast/')
const isPageFile = (file: string) => !isWorkerFile(file)

test('P4, P8: a new worker takes over while the old one sends, and what that one was answered is not sent again', async ({
  open,
  received,
  collector,
  site,
}) => {
  const page = await open({ flushAt: 1 }, PAGE)
  collector.fault({ mode: 'hang' })
  await capture(page, 'sent by the old one')
  await expect.poll(async () => (await collector.stats()).held).toBe(1)
  serve(site, await buildVariant([NEXT_RELEASE]), isWorkerFile)
  await update(page)
  await capture(page, 'while both are there')
  collector.fault({ mode: 'ok' })
  // The collector has them before the old worker has read its answers.
  await expect.poll(async () => (await stats(page)).delivered).toBe(2)
  await takeOver(page)
  await capture(page, 'sent by the new one')
  const events = await received(3)
  expect(events.map(({ copies }) => copies)).toEqual([1, 1, 1])
  await expect.poll(() => stats(page)).toEqual({ accepted: 3, delivered: 3, pending: 0, dropped: {} })
  expect((await told(page)).degraded).toEqual([])
})

test('P4, P8: a new worker sends what the old one was stopped in the middle of', { tag: '@quick' }, async ({
  open,
  received,
  collector,
  site,
}) => {
  const page = await open({ flushAt: 1 }, PAGE)
  // No request is answered before the new worker is there: a worker that is stopped again after its request was answered
  // would leave a lost answer behind, after which one more copy is right.
  collector.fault({ mode: 'hang' })
  await capture(page, 'not answered')
  await expect.poll(async () => (await collector.stats()).held).toBe(1)
  serve(site, await buildVariant([NEXT_RELEASE]), isWorkerFile)
  await update(page)
  await takeOver(page)
  collector.fault({ mode: 'down' })
  await expect.poll(async () => (await collector.stats()).held).toBe(0)
  collector.fault({ mode: 'ok' })
  await capture(page, 'later')
  const events = await received(2)
  expect(events.map(({ copies }) => copies)).toEqual([1, 1])
  await expect.poll(() => stats(page)).toEqual({ accepted: 2, delivered: 2, pending: 0, dropped: {} })
})

test('pages are told of a new worker that waits for the old one to end, whether they or it came first', async ({
  open,
  collector,
  site,
}) => {
  const page = await open({ flushAt: 1 }, PAGE)
  collector.fault({ mode: 'hang' })
  await capture(page, 'keeps the old one busy')
  await expect.poll(async () => (await collector.stats()).held).toBe(1)
  serve(site, await buildVariant([NEXT_RELEASE]), isWorkerFile)
  expect((await told(page)).update).toEqual([])
  await update(page)
  const expected = [{ url: `${site.url}/__outlast/worker.js`, scope: `${site.url}/__outlast/` }]
  await expect.poll(async () => (await told(page)).update).toEqual(expected)
  const next = await open({}, PAGE)
  await expect.poll(async () => (await told(next)).update).toEqual(expected)
})

test('P8, P11: an old page that meets a new worker is told, and goes on by itself over the same queue', async ({
  open,
  received,
  collector,
  site,
}) => {
  collector.fault({ mode: '503' })
  const page = await open({}, PAGE)
  await capture(page, 'queued by the old worker')
  serve(site, await buildVariant([NEXT_MESSAGES]), isWorkerFile)
  await update(page)
  await takeOver(page)
  await captureAndForget(page, 'after the new worker came')
  await expect
    .poll(async () => (await told(page)).degraded)
    .toEqual([{ from: 'worker', to: 'page', reason: 'version: a page of version 1, a host of 2' }])
  collector.fault({ mode: 'ok' })
  const events = await received(2)
  expect(events.map(({ copies }) => copies)).toEqual([1, 1])
  await expect.poll(() => stats(page)).toEqual({ accepted: 2, delivered: 2, pending: 0, dropped: {} })
})

test('P5, P8: an old page under which all files were replaced keeps its events, and leaves them to the next page', async ({
  open,
  received,
  collector,
  site,
}) => {
  const old = await open({}, PAGE)
  serve(site, await buildVariant([NEXT_MESSAGES]))
  await update(old)
  await takeOver(old)
  await captureAndForget(old, 'after the deployment')
  await expect
    .poll(async () => (await told(old)).degraded)
    // Its files know of the other version themselves, or do not even fit together.
    .toEqual([{ from: 'worker', to: 'memory', reason: expect.stringMatching(/of another version|provide an export/) }])
  expect(await stats(old)).toEqual({ accepted: 1, delivered: 0, pending: 1, dropped: {} })
  await leave(old)
  const next = await open({}, PAGE)
  expect(await next.evaluate(() => window.outlast.ready)).toMatchObject({ host: 'worker' })
  const [event] = await received(1)
  expect(event).toMatchObject({ event: 'after the deployment' })
  await expect.poll(() => stats(next)).toEqual({ accepted: 1, delivered: 1, pending: 0, dropped: {} })
  expect((await collector.stats()).altered).toBe(0)
})

test('P8, P11: a new page that meets an old worker is told, and goes on by itself over the same queue', async ({
  open,
  received,
  collector,
  site,
}) => {
  collector.fault({ mode: '503' })
  const old = await open({}, PAGE)
  await capture(old, 'from the old page')
  serve(site, await buildVariant([NEXT_MESSAGES]), isPageFile)
  const next = await open({}, PAGE)
  await captureAndForget(next, 'from the new page')
  await expect
    .poll(async () => (await told(next)).degraded)
    .toEqual([{ from: 'worker', to: 'page', reason: 'version: a page of version 2, a host of 1' }])
  collector.fault({ mode: 'ok' })
  const events = await received(2)
  expect(events.map(({ copies }) => copies)).toEqual([1, 1])
  for (const page of [old, next]) {
    await expect.poll(() => stats(page)).toEqual({ accepted: 2, delivered: 2, pending: 0, dropped: {} })
  }
})

for (const [before, after] of [
  ['v0', 'v1'],
  ['v1', 'v0'],
] as const) {
  test(`a queue written in ${before} is drained in ${before} after the app switched to ${after}`, async ({
    open,
    received,
    collector,
  }) => {
    collector.fault({ mode: 'hang' })
    const first = await open({ captureMode: before, flushAt: 2, maxBatchSize: 2, maxConcurrentRequests: 1 }, PAGE)
    // Two are in a request by then and the others in the queue.
    await capture(first, `${before} in a request`, `${before} in a request too`)
    await expect.poll(async () => (await collector.stats()).held).toBe(1)
    await capture(first, `${before} held`, `${before} held too`, `${before} in the lane`)
    await first.evaluate(() => window.outlast.captureAi('of an AI product'))
    await first.evaluate(() => window.outlast.stats())
    await first.close()
    const next = await open({ captureMode: after, flushInterval: 200 }, PAGE)
    await capture(next, `${after} new`)
    collector.fault({ mode: 'ok' })
    const events = await received(7)
    expect(events.map(({ copies }) => copies)).toEqual([1, 1, 1, 1, 1, 1, 1])
    await expect.poll(() => stats(next)).toEqual({ accepted: 7, delivered: 7, pending: 0, dropped: {} })
    const requests = await collector.requests()
    expect(requests.every(({ status }) => status === 200)).toBe(true)
    const paths = Object.fromEntries(events.map((event) => [event.event, pathOf(event, requests)]))
    expect(paths).toEqual({
      [`${before} in a request`]: PATHS[before],
      [`${before} in a request too`]: PATHS[before],
      [`${before} held`]: PATHS[before],
      [`${before} held too`]: PATHS[before],
      [`${before} in the lane`]: PATHS[before],
      'of an AI product': '/i/v0/ai/batch/',
      [`${after} new`]: PATHS[after],
    })
  })
}

const PATHS = { v0: '/batch/', v1: '/i/v1/analytics/events' }

function pathOf(event: object, requests: { id: number; path: string }[]): string | undefined {
  const { request } = event as { request: number }
  return requests.find(({ id }) => id === request)?.path.replace(/\?.*/, '')
}
