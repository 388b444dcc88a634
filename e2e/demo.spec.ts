import { expect } from '@playwright/test'
import { serve } from '../demo/serve'
import { test } from './fixtures'

test('the demo: events captured while the collector is down arrive after the tab has closed, and the page tells so', async ({
  context,
}) => {
  const demo = await serve({ port: 0 })
  const fault = async (mode: string) => {
    const body = JSON.stringify({ mode })
    await fetch(`${demo.url}_control/fault`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
  }
  const stats = async () => (await fetch(`${demo.url}_control/stats`)).json() as Promise<{ events: number }>
  try {
    const page = await context.newPage()
    await page.goto(demo.url)
    await page.getByRole('radio', { name: /down/ }).check()
    for (let click = 0; click < 3; click++) await page.getByRole('button', { name: /^Add/ }).first().click()
    await expect(page.getByText('product_added').first()).toBeVisible()
    const before = (await stats()).events
    await page.close()
    const closedAt = Date.now()
    await fault('ok')
    await expect.poll(async () => (await stats()).events, { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 3)
    // Two seconds are what the page calls an absence; anything shorter is a reload.
    await expect.poll(() => Date.now() - closedAt).toBeGreaterThan(2_000)
    const back = await context.newPage()
    await back.goto(demo.url)
    await expect(back.getByText(/while you were away/i)).toBeVisible()
  } finally {
    await demo.close()
  }
})
