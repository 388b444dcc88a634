/** What a page under posthog-js's names stores and asks before the person has agreed, and what is left once the person is erased. */

import type { BrowserContext, Page } from 'playwright'
import type { PostHogConfig } from '../src/plugins/posthog-compat/types'
import { say } from './browser-signal'
import { expect, test } from './fixtures'
import { NOTHING, onDevice } from './on-device'
import { type CompatPage, visit } from './posthog-compat-page'

declare global {
  interface Window {
    heardOfFlags: unknown[]
  }
}

const start = (page: Page, config: PostHogConfig) =>
  page.evaluate(
    async (given) => {
      await (window as unknown as CompatPage).start(given as PostHogConfig).outlast?.ready
    },
    config as Record<string, string>,
  )

/** Calls the instance, as the page does. */
const call = <Result>(page: Page, run: (posthog: CompatPage['posthog']) => Result) =>
  page.evaluate((text) => {
    const story = new Function(`return (${text})`)() as (posthog: CompatPage['posthog']) => unknown
    return story((window as unknown as CompatPage).posthog)
  }, String(run)) as Promise<Awaited<Result>>

/** Notes of whom the server is asked for flags. */
async function askedOf(context: BrowserContext): Promise<unknown[]> {
  const asked: unknown[] = []
  await context.route('**/flags/**', async (route) => {
    asked.push(route.request().postDataJSON().distinct_id)
    const headers = { 'Access-Control-Allow-Origin': '*' }
    await route.fulfill({ status: 200, headers, json: { flags: { beta: { enabled: true } } } })
  })
  return asked
}

const WAITING: PostHogConfig[] = [
  { persistence: 'memory', opt_out_capturing_by_default: true, opt_out_persistence_by_default: true },
  { disable_persistence: true, outlast: { consent: 'pending' } },
  { persistence: 'memory', cookieless_mode: 'on_reject' },
]

for (const config of WAITING) {
  test(`P10: set_config with another persistence stores nothing before consent, and then whom posthog-js knew: ${JSON.stringify(config)}`, async ({
    context,
    site,
    collector,
    received,
  }) => {
    const former = await visit(await context.newPage(), site, collector.url, 'posthog-js')
    await former.evaluate(() => {
      const posthog = (window as unknown as CompatPage).start()
      posthog.register({ plan: 'pro' })
      posthog.identify('ada')
    })
    await received(1)
    await former.close()
    const page = await visit(await context.newPage(), site, collector.url)
    const before = await onDevice(page)
    await start(page, config)
    await call(page, async (posthog) => {
      posthog.set_config({ persistence: 'localStorage', disable_persistence: false })
      posthog.capture('unseen')
      // What a client of its own name answers comes after what it has begun to store.
      await posthog.outlast?.setPersistence('auto')
    })
    expect(await call(page, (posthog) => posthog.get_explicit_consent_status())).toBe('pending')
    expect(await onDevice(page)).toEqual(before)
    await call(page, (posthog) => posthog.opt_in_capturing())
    await expect.poll(() => call(page, (posthog) => posthog.get_distinct_id())).toBe('ada')
    await expect.poll(() => call(page, (posthog) => posthog.get_property('plan'))).toBe('pro')
    await call(page, (posthog) => void posthog.capture('seen'))
    expect((await received(3)).map(({ event }) => event)).toEqual(['$identify', '$opt_in', 'seen'])
    expect((await onDevice(page)).databases).toEqual(['outlast'])
    expect(await call(page, (posthog) => posthog.get_explicit_consent_status())).toBe('granted')
  })
}

for (const config of [
  { respect_dnt: true },
  { outlast: { consent: 'pending' } },
  { opt_out_capturing_by_default: true, opt_out_persistence_by_default: true },
] as PostHogConfig[]) {
  test(`P10: the client under its own name asks and stores nothing that the person has not agreed to: ${JSON.stringify(config)}`, async ({
    context,
    site,
    collector,
  }) => {
    const isSaid = Boolean(config.respect_dnt)
    if (isSaid) await say(context, 'globalPrivacyControl')
    const asked = await askedOf(context)
    const page = await visit(await context.newPage(), site, collector.url)
    await start(page, config)
    const given = await call(page, async (posthog) => {
      const { outlast } = posthog
      posthog.identify('ada')
      window.heardOfFlags = []
      outlast?.onFeatureFlags((flags) => window.heardOfFlags.push(flags))
      return [
        await outlast?.getFeatureFlag('beta'),
        await outlast?.isFeatureEnabled('beta', { defaultValue: false }),
        await outlast?.reloadFeatureFlags(),
        await outlast?.setPersistence('auto'),
      ].map(String)
    })
    expect(given).toEqual(['undefined', 'false', 'undefined', 'undefined'])
    expect(asked).toEqual([])
    expect(await onDevice(page)).toEqual(NOTHING)
    if (isSaid) return
    await call(page, (posthog) => posthog.opt_in_capturing())
    await expect.poll(() => page.evaluate(() => window.heardOfFlags)).toEqual([{ beta: true }])
    await expect.poll(async () => (await onDevice(page)).databases).toEqual(['outlast'])
  })
}

/** A page with a person of whom all is kept that these names keep. */
async function known(context: BrowserContext, ...[site, host]: [Parameters<typeof visit>[1], string]): Promise<Page> {
  const page = await visit(await context.newPage(), site, host)
  await start(page, {})
  await call(page, (posthog) => {
    posthog.identify('ada')
    posthog.updateFlags({ beta: true })
    posthog.getFeatureFlag('beta')
    posthog.register_for_session({ email: 'ada@example.com' })
  })
  return page
}

const tellingOfPerson = async (page: Page) => {
  const texts = await page.evaluate(() => [localStorage, sessionStorage].map((one) => JSON.stringify(one)))
  return texts.some((text) => /ada/.test(text))
}

test("P10: optOut with clear leaves the choice alone of what posthog-js's names keep, in other tabs too, and links nobody to the next person", async ({
  context,
  site,
  collector,
  received,
}) => {
  const [other, page] = [await known(context, site, collector.url), await known(context, site, collector.url)]
  const erased = await call(page, (posthog) => posthog.get_property('$device_id'))
  await expect.poll(() => tellingOfPerson(other)).toBe(true)
  await call(page, (posthog) => posthog.outlast?.optOut({ clear: true }))
  const left = { local: [':opt_out', ':opt_out_at', ':opt_out_last'], session: [] }
  for (const tab of [page, other]) await expect.poll(() => onDevice(tab)).toMatchObject(left)
  await call(page, (posthog) => posthog.opt_in_capturing({ captureEventName: false }))
  await call(page, (posthog) => void posthog.capture('of the next person'))
  await call(other, (posthog) => void posthog.capture('there too'))
  const events = (await received(2)).filter(({ event }) => /next|there/.test(event))
  expect(new Set(events.map(({ properties }) => properties.$device_id)).size).toBe(1)
  expect(events.map(({ properties }) => properties.$device_id)).not.toContain(erased)
  for (const tab of [page, other]) expect(await tellingOfPerson(tab)).toBe(false)
})

test('P10: a refusal by the name of the client empties the steps before an exception and ends the page view', async ({
  context,
  site,
  collector,
}) => {
  for (const clear of [true, false]) {
    const page = await visit(await context.newPage(), site, collector.url)
    await start(page, {})
    await page.evaluate((erases) => {
      const { posthog } = window as unknown as CompatPage
      posthog.opt_in_capturing()
      posthog.capture('$pageview')
      posthog.addExceptionStep('before the refusal')
      posthog.outlast?.optOut({ clear: erases })
      posthog.opt_in_capturing()
      posthog.captureException(new Error('later'))
      posthog.capture('$pageleave')
    }, clear)
    const seen = await page.evaluate(() => (window as unknown as CompatPage).seen)
    const [exception, leave] = seen.slice(-2)
    expect([exception?.event, leave?.event]).toEqual(['$exception', '$pageleave'])
    expect(exception?.properties).not.toHaveProperty('$exception_steps')
    for (const name of ['$pageview_id', '$prev_pageview_pathname']) expect(leave?.properties).not.toHaveProperty(name)
  }
})

test("P10: nothing of a person who was reset stays in sessionStorage under posthog-js's names, in another tab and on the next page either", async ({
  context,
  site,
  collector,
}) => {
  const [other, page] = [await known(context, site, collector.url), await known(context, site, collector.url)]
  await call(page, (posthog) => posthog.reset())
  for (const tab of [page, other]) await expect.poll(() => tellingOfPerson(tab)).toBe(false)
  // As an earlier page that was left before it heard of the reset.
  await page.evaluate(() => {
    const values = { ph_session: { of: 'a', properties: { email: 'ada@example.com' } }, ph_called: ['ada beta true'] }
    for (const [name, value] of Object.entries(values))
      sessionStorage.setItem(`outlast:phc_test:${name}`, JSON.stringify(value))
  })
  await visit(page, site, collector.url)
  await start(page, {})
  await expect.poll(() => tellingOfPerson(page)).toBe(false)
})

for (const config of [{ persistence: 'memory' }, { respect_dnt: true }] as PostHogConfig[]) {
  test(`P10: the person of an earlier version is not written anew by a page that stores nothing: ${JSON.stringify(config)}`, async ({
    context,
    site,
    collector,
  }) => {
    await say(context, 'doNotTrack')
    const page = await visit(await context.newPage(), site, collector.url)
    await page.evaluate((host) => {
      const write = (name: string, value: unknown) =>
        localStorage.setItem(`outlast:phc_test ${host}:${name}`, JSON.stringify(value))
      write('person', { anonymousId: 'old', distinctId: 'ada', identified: true })
      write('person:old:.plan', 'pro')
    }, collector.url)
    await start(page, config)
    expect(
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('outlast:phc_test:'))),
    ).toEqual([])
  })
}
