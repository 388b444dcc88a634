/** All plugins at once, and posthog-js's names, where nothing may be stored, or nothing sent either: read from each storage that a browser has. */

import type { Page } from 'playwright'
import type { PostHogConfig } from '../src/plugins/posthog-compat/types'
import { type Signal, say } from './browser-signal'
import { expect, test } from './late-site'
import { leave } from './leave'
import { leftOnDevice, NOTHING, onDevice } from './on-device'
import { type CompatPage, visit as visitCompat } from './posthog-compat-page'
import type { Collector } from './replays/destination'
import { stats } from './told'

/** Time for what the plugins capture late, ask of the server and store, in ms. */
const SETTLED_MS = 1_000

interface State<Options> {
  name: string
  options: Options
  /** What the browser says of its user, where an option heeds that. */
  signal?: Signal
  /** So many events are sent at least, though nothing is stored. Absent: nothing is sent. */
  sent?: number
}

const STATES: State<Record<string, unknown>>[] = [
  { name: "consent: 'pending'", options: { consent: 'pending' } },
  { name: "consent: 'denied'", options: { consent: 'denied' } },
  { name: 'respectDnt', options: { respectDnt: true }, signal: 'doNotTrack' },
  { name: 'respectGpc', options: { respectGpc: true }, signal: 'globalPrivacyControl' },
  { name: 'cookieless', options: { cookieless: true }, sent: 5 },
  { name: "persistence: 'memory'", options: { persistence: 'memory' }, sent: 5 },
]

const OF_POSTHOG_JS: State<PostHogConfig>[] = [
  {
    name: 'opt_out_capturing_by_default, opt_out_persistence_by_default',
    options: { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true },
  },
  { name: "outlast: { consent: 'pending' }", options: { outlast: { consent: 'pending' } } },
  { name: 'respect_dnt', options: { respect_dnt: true }, signal: 'doNotTrack' },
  { name: 'respect_dnt and Global Privacy Control', options: { respect_dnt: true }, signal: 'globalPrivacyControl' },
  { name: 'outlast: { respectDnt }', options: { outlast: { respectDnt: true } }, signal: 'doNotTrack' },
  { name: 'outlast: { respectGpc }', options: { outlast: { respectGpc: true } }, signal: 'globalPrivacyControl' },
  { name: 'cookieless_mode', options: { cookieless_mode: 'always' }, sent: 3 },
  { name: 'outlast: { cookieless }', options: { outlast: { cookieless: true } }, sent: 3 },
  { name: 'disable_persistence', options: { disable_persistence: true }, sent: 3 },
]

/** Starts each plugin, and calls what a page calls. */
async function useAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const files = ['pageviews', 'exceptions', 'web-context', 'web-vitals', 'tracing-headers']
    const [pageviews, exceptions, webContext, webVitals, tracingHeaders] = await Promise.all(
      files.map((file) => import(`/outlast/${file}.js`)),
    )
    const { outlast } = window
    // A driven browser is taken for a bot.
    pageviews.pageviews(outlast, { bots: true })
    exceptions.exceptions(outlast)
    webContext.webContext(outlast)
    webVitals.webVitals(outlast)
    tracingHeaders.tracingHeaders(outlast, [location.hostname])
    outlast.capture('captured')
    outlast.identify('alice', { plan: 'pro' })
    outlast.register({ theme: 'dark' })
    outlast.group('company', 'outlast')
    exceptions.captureException(outlast, new Error('captured by hand'))
    history.pushState({}, '', `/next${location.search}`)
    await outlast.getFeatureFlag('beta')
  })
}

/** Neither while the page is there nor once it has gone. */
async function expectNothingLeft(page: Page, url: string): Promise<void> {
  await page.waitForTimeout(SETTLED_MS)
  expect(await onDevice(page)).toEqual(NOTHING)
  await leave(page)
  expect(await leftOnDevice(page.context(), url)).toEqual(NOTHING)
}

async function expectSent(collector: Collector, least: number | undefined): Promise<void> {
  if (least) await expect.poll(async () => (await collector.stats()).events).toBeGreaterThanOrEqual(least)
  else expect(await collector.stats()).toMatchObject({ requests: 0 })
}

for (const { name, options, signal, sent } of STATES) {
  test(`P10: ${name}: no plugin leaves anything on the device${sent ? '' : ', nor sends or asks anything'}`, async ({
    visit,
    site,
    context,
    collector,
  }) => {
    if (signal) await say(context, signal)
    const page = await visit(options)
    await useAll(page)
    if (sent) await expect.poll(() => stats(page)).toMatchObject({ pending: 0 })
    await expectNothingLeft(page, site.url)
    await expectSent(collector, sent)
  })
}

for (const { name, options, signal, sent } of OF_POSTHOG_JS) {
  test(`P10: posthog-js's names, ${name}: nothing is left on the device${sent ? '' : ', sent or asked'}`, async ({
    site,
    context,
    collector,
  }) => {
    if (signal) await say(context, signal)
    const page = await visitCompat(await context.newPage(), site, collector.url)
    await page.evaluate(
      async (given) => {
        const posthog = (window as unknown as CompatPage).start({
          ...given,
          capture_pageview: true,
          capture_exceptions: true,
          advanced_disable_flags: false,
        })
        posthog.capture('captured')
        posthog.identify('alice', { plan: 'pro' })
        posthog.register({ theme: 'dark' })
        posthog.captureException(new Error('captured by hand'))
        posthog.getFeatureFlag('beta')
        history.pushState({}, '', `/next${location.search}`)
        await posthog.outlast?.ready
      },
      options as Record<string, boolean>,
    )
    await expectNothingLeft(page, site.url)
    await expectSent(collector, sent)
  })
}
