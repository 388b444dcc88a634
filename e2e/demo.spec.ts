import { expect } from '@playwright/test'
import type { Page } from 'playwright'
import { serve } from '../demo/serve'
import { test } from './fixtures'
import { leave } from './leave'

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

test('the demo: page views, the end of a visit, web vitals and an error are events too, and the inspector says which error', async ({
  browser,
}) => {
  const demo = await serve({ port: 0 })
  const names = async () => {
    const { events } = (await (await fetch(`${demo.url}_control/events`)).json()) as { events: { event: string }[] }
    return events.map(({ event }) => event)
  }
  // Its own: an uncaught error fails a test of the usual one.
  const context = await browser.newContext({ locale: 'en-US' })
  try {
    const page = await context.newPage()
    await page.goto(demo.url)
    await page.locator('#home', { hasText: 'service worker' }).waitFor()
    await page.locator('.shop nav a').nth(1).click()
    await expect.poll(async () => (await names()).filter((name) => name === '$pageview').length).toBe(2)
    await page.getByRole('radio', { name: /down/ }).check()
    await page.getByRole('button', { name: 'Throw an error' }).click()
    await page.locator('.inspect summary').click()
    await expect(page.locator('outlast-inspector')).toContainText('$exception: Error: The till is out of paper')
    await page.getByRole('radio', { name: /ok/ }).check()
    await expect.poll(names, { timeout: 20_000 }).toContain('$exception')
    await leave(page)
    await context.newPage().then((next) => next.goto(demo.url))
    await expect.poll(names, { timeout: 20_000 }).toEqual(expect.arrayContaining(['$pageleave', '$web_vitals']))
  } finally {
    await context.close()
    await demo.close()
  }
})

/** A phone of 390 px. */
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** One demo for all tests of a process: it takes seconds to begin, and each page counts what it has captured itself. */
const onPhone = test.extend<{ phone: Page }, { demo: string }>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
    async ({}, use) => {
      const demo = await serve({ port: 0 })
      await use(demo.url)
      await demo.close()
    },
    { scope: 'worker' },
  ],
  phone: async ({ browser, demo }, use) => {
    const context = await browser.newContext({ ...PHONE, locale: 'en-US' })
    const page = await context.newPage()
    await page.goto(demo)
    await page.locator('#home', { hasText: 'service worker' }).waitFor()
    await use(page)
    // The next test meets a collector that answers.
    await page.locator('label[for="fault-ok"]').tap()
    await expect(page.locator('#fault-ok')).toBeChecked()
    await context.close()
  },
})

for (const [what, check] of [
  ['a tap on Add shows the event on its way, in view', showsTheEvent],
  ['each target is at least 40 px high and wide', hasTargets],
  ['the lanes keep up with the counters', keepsUp],
  ['the collector can be set to a portal and to 400', hasFaults],
  ['there is one clock format', hasOneClock],
] as const) {
  onPhone(`the demo at 390 px: ${what}`, async ({ phone }) => {
    await check(phone)
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width)
  })
}

async function showsTheEvent(page: Page) {
  await page.getByRole('button', { name: /^Add/ }).first().tap()
  const latest = page.locator('#latest')
  await expect(latest).toContainText('product_added')
  await expect(latest).toBeInViewport({ ratio: 1 })
  await expect(latest).toContainText('Delivered')
}

async function hasTargets(page: Page) {
  await page.locator('.inspect summary').tap()
  await page.locator('outlast-inspector button').first().waitFor()
  const small = await page.evaluate(() => {
    const inspector = document.querySelector('outlast-inspector')?.shadowRoot
    const all = [document, inspector].flatMap((root) => [
      ...(root?.querySelectorAll<HTMLElement>('a, button, input, summary') ?? []),
    ])
    return all.flatMap((target) => {
      // A radio button's target is its label.
      const { width, height } = (target.closest('label') ?? target).getBoundingClientRect()
      return width > 0 && (width < 40 || height < 40) ? [`${target.outerHTML}: ${width} x ${height}`] : []
    })
  })
  expect(small).toEqual([])
}

async function keepsUp(page: Page) {
  await page.locator('#burst').tap()
  await expect(page.locator('[data-count=delivered]')).not.toHaveText(/^\d{1,2}$/, { timeout: 15_000 })
  await expect(page.locator('[data-count=pending]')).toHaveText('0', { timeout: 15_000 })
  const waiting = page.locator('[data-stage=queued] .chip, [data-stage=sending] .chip, [data-stage=captured] .chip')
  await expect(waiting.and(page.locator('.lane .chip'))).toHaveCount(0, { timeout: 1_000 })
  await expect(page.locator('.lane[data-stage=queued] .foot')).toHaveText('')
}

async function hasFaults(page: Page) {
  for (const [mode, cause] of [
    ['portal', /HTML|page/i],
    ['400', /dropped/i],
  ] as const) {
    await page.locator(`label[for="fault-${mode}"]`).tap()
    await expect(page.locator(`#fault-${mode}`)).toBeChecked()
    await page.getByRole('button', { name: /^Add/ }).first().tap()
    if (mode === '400') await page.locator('#checkout').tap()
    await expect(page.locator(mode === '400' ? '#latest' : '.lane[data-stage=sending]')).toContainText(cause, {
      timeout: 15_000,
    })
    await page.locator('label[for="fault-ok"]').tap()
    await expect(page.locator('[data-count=pending]')).toHaveText('0', { timeout: 15_000 })
  }
}

async function hasOneClock(page: Page) {
  await page.locator('.inspect summary').tap()
  await page.locator('outlast-inspector button').first().waitFor()
  await page.getByRole('button', { name: /^Add/ }).first().tap()
  await expect(page.locator('outlast-inspector')).toContainText(/delivered/i, { timeout: 15_000 })
  await expect(page.locator('outlast-inspector td').first()).toBeVisible()
  await expect(page.locator('#received time').first()).toHaveText(/^\d\d:\d\d:\d\d$/)
  await page.locator('label[for="fault-down"]').tap()
  await page.getByRole('button', { name: /^Add/ }).first().tap()
  await expect(page.locator('outlast-inspector time').first()).toHaveText(/^\d\d:\d\d:\d\d$/)
  const answered = page.locator('outlast-inspector table', { hasText: 'Last answers' }).locator('td').first()
  await expect(answered).toHaveText(/^\d\d:\d\d:\d\d$/)
}
