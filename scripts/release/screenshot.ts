/** Takes the pictures for the README: plays a short outage, and shows the demo and its inspector in light and in dark. */

import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright'
import { chromiumLaunchOptions, ensureChromium } from '../browsers/browser'
import { ensureBuild } from '../build/ensure-build'
import { root } from '../paths'
import { choosePort } from '../ports'
import { run } from '../problem'

const SIZE = { width: 1280, height: 800 }
const FOLDER = path.join(root, 'docs')

await run(async () => {
  ensureBuild()
  ensureChromium()
  const { chromium } = await import('playwright')
  const { serve } = await import('../../demo/serve')
  await mkdir(FOLDER, { recursive: true })
  // The port that a visitor is likely to have, because the page names it.
  const { port } = await choosePort(undefined)
  const demo = await serve({ port })
  const browser = await chromium.launch(chromiumLaunchOptions())
  try {
    const context = await browser.newContext({ viewport: SIZE, deviceScaleFactor: 1.5, colorScheme: 'light' })
    const page = await context.newPage()
    await page.goto(demo.url.replace('127.0.0.1', 'localhost'))
    await playOutage(page)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await inEveryLane(page)
      const file = path.join(FOLDER, `demo-${colorScheme}.png`)
      // Without the ways of the chips from lane to lane.
      await page.screenshot({ path: file, animations: 'disabled' })
      console.log(path.relative(root, file))
    }
    await openInspector(page)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const file = path.join(FOLDER, `inspector-${colorScheme}.png`)
      await page.locator('outlast-inspector').screenshot({ path: file })
      console.log(path.relative(root, file))
    }
  } finally {
    await browser.close()
    await demo.close()
  }
})

/** A visitor goes on buying while the collector is broken, is repaired, loses an answer, and is repaired again. */
async function playOutage(page: Page) {
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const collector = (mode: string) => page.locator(`#fault-${mode}`).check()
  await page.locator('#home', { hasText: 'service worker' }).waitFor()

  await click('Midnight ink')
  await page.waitForTimeout(6_000)
  await collector('503')
  for (const name of ['Midnight ink', 'Field notebook', 'Sealing wax', 'Letter set']) {
    await click(name)
    await page.waitForTimeout(2_500)
    await click(`Add ${name} to the bag`)
    await page.waitForTimeout(2_500)
  }
  await click('Check out')
  await click('Capture one too large')
  await page.waitForTimeout(2_000)
  await collector('ok')
  await empty(page)
  await page.waitForTimeout(6_000)
  await page.getByRole('link', { name: 'Paper' }).click()
  await collector('lost')
  await click('Letter set')
  await click('Add Letter set to the bag')
  await page.waitForTimeout(6_000)
  await collector('ok')
  await empty(page)
  await page.getByRole('link', { name: 'All' }).click()
  await page.waitForTimeout(8_000)
}

/** Waits for the queue to have drained. */
async function empty(page: Page) {
  await page.locator('[data-count=pending]', { hasText: /^0$/ }).waitFor({ timeout: 20_000 })
}

/** The collector hangs, so that some events are in flight while others wait and one has only just been captured. */
async function inEveryLane(page: Page) {
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click()
  await page.locator('#fault-ok').check()
  await empty(page)
  await page.locator('#fault-hang').check()
  await click('Midnight ink')
  await click('Add Midnight ink to the bag')
  await click('Letter set')
  await page.locator('[data-stage=sending] .chip').nth(2).waitFor()
  await click('Sealing wax')
  await click('Add Sealing wax to the bag')
  await page.waitForTimeout(900)
  await click('Field notebook')
}

/** Some events are in flight, others were answered with 503 and wait for their next try, one was refused. */
async function openInspector(page: Page) {
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click()
  await page.locator('#fault-503').check()
  await page.locator('.inspect summary').click()
  await page.locator('outlast-inspector').waitFor()
  await click('Capture one too large')
  for (const name of ['Sealing wax', 'Field notebook']) {
    await click(name)
    await page.waitForTimeout(3_000)
  }
  await page.locator('#fault-hang').check()
  await click('Letter set')
  await page.waitForTimeout(4_000)
}
