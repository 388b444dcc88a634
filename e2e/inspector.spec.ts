import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { expect, test } from './fixtures'

/** The figures on show, by name. */
const figures = (page: Page) =>
  page
    .locator('outlast-inspector dl div')
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((one) => [one.querySelector('dt')?.textContent, one.querySelector('dd')?.textContent]),
      ),
    )

test('P5: the inspector shows where every event of this origin is, and why one was dropped', { tag: '@quick' }, async ({
  open,
  collector,
}) => {
  collector.fault({ mode: '503' })
  const page = await open({ flushInterval: 100, maxQueueSize: 3 }, '/inspector.html')
  await page.evaluate(() => {
    for (const name of ['one', 'two', 'three', 'four']) window.outlast.capture(name)
  })
  const inspector = page.locator('outlast-inspector')
  await expect.poll(() => figures(page)).toMatchObject({ accepted: '4', pending: '3', dropped: '1' })
  await expect(inspector.locator('h2')).toHaveText('phc_test')
  await expect(inspector.getByRole('table', { name: 'Dropped' })).toContainText('queue_full')
  await expect(inspector.getByRole('table', { name: 'Batches' })).toContainText('next try')
  await expect(inspector.getByRole('table', { name: 'Pending' })).toContainText('three')
  await expect(inspector.getByRole('table', { name: 'Last answers' })).toContainText('503')
})

test('the inspector can flush, export what is pending, and clear it once that is confirmed', async ({
  open,
  collector,
  received,
}) => {
  const page = await open({ flushInterval: 60_000 }, '/inspector.html')
  await page.evaluate(() => window.outlast.capture('delivered by hand'))
  const inspector = page.locator('outlast-inspector')
  await expect.poll(() => figures(page)).toMatchObject({ pending: '1' })
  await inspector.getByRole('button', { name: 'Flush' }).click()
  await received(1)
  await expect.poll(() => figures(page)).toMatchObject({ pending: '0', delivered: '1' })

  await page.evaluate(() => window.outlast.capture('thrown away', { secret: true }))
  await expect.poll(() => figures(page)).toMatchObject({ pending: '1' })
  const download = page.waitForEvent('download')
  await inspector.getByRole('button', { name: 'Export' }).click()
  const exported = JSON.parse(await readFile(await (await download).path(), 'utf8'))
  expect(exported).toMatchObject({
    stats: { pending: 1 },
    events: [{ event: 'thrown away', properties: { secret: true } }],
  })

  page.once('dialog', (dialog) => void dialog.dismiss())
  await inspector.getByRole('button', { name: 'Clear…' }).click()
  expect(await page.evaluate(() => window.outlast.pending())).toBe(1)
  page.once('dialog', (dialog) => void dialog.accept())
  await inspector.getByRole('button', { name: 'Clear…' }).click()
  await expect.poll(() => figures(page)).toMatchObject({ pending: '0', dropped: '1' })
  expect(await page.evaluate(() => window.outlast.stats())).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
  expect((await collector.stats()).events).toBe(1)
})

test('the inspector shows what another page captured, and markup in an event as text', async ({ open }) => {
  const page = await open({ flushInterval: 60_000 }, '/inspector.html')
  const other = await open({ flushInterval: 60_000 })
  await other.evaluate(() => window.outlast.capture('<img src=x onerror=alert(1)>'))
  await expect(page.locator('outlast-inspector').getByRole('table', { name: 'Pending' })).toContainText('<img src=x')
  await expect(page.locator('outlast-inspector img')).toHaveCount(0)
})
