/** Feature flags across pages and tabs of one origin: whose they are, and how often the server is asked. */

import type { BrowserContext, Page, Route } from 'playwright'
import { expect, test } from './fixtures'

interface Asked {
  distinct_id: string
  $anon_distinct_id?: string
  person_properties: Record<string, unknown>
  groups: Record<string, string>
}

/** Answers for the server of flags, as told; gives what it was asked. */
async function flagsServer(context: BrowserContext, answer: (asked: Asked) => Record<string, unknown> | number) {
  const server = { asked: [] as Asked[], answer, hold: undefined as Promise<void> | undefined }
  await context.route('**/flags/**', async (route: Route) => {
    const asked = route.request().postDataJSON() as Asked
    server.asked.push(asked)
    const answer = server.answer(asked)
    await server.hold
    const headers = { 'Access-Control-Allow-Origin': '*' }
    if (typeof answer === 'number') return route.fulfill({ status: answer, headers })
    const flags = Object.entries(answer).map(([key, value]) => [
      key,
      { enabled: value !== false, ...(typeof value === 'string' ? { variant: value } : {}) },
    ])
    return route.fulfill({ status: 200, headers, json: { flags: Object.fromEntries(flags) } })
  })
  return server
}

const read = (page: Page, key: string) => page.evaluate((key) => window.outlast.getFeatureFlag(key), key)

test('a reload answers with the flags of before at once, asks once more, and has what was switched off', async ({
  context,
  open,
}) => {
  const server = await flagsServer(context, () => ({ beta: true }))
  const page = await open()
  expect(await read(page, 'beta')).toBe(true)
  let answerNow: () => void = () => undefined
  server.hold = new Promise((resolve) => (answerNow = resolve))
  server.answer = () => ({ beta: false })
  await page.reload()
  expect(await read(page, 'beta')).toBe(true)
  const heard = page.evaluate(
    () =>
      new Promise((resolve) =>
        window.outlast.onFeatureFlags((flags) => {
          if (flags.beta === false) resolve(flags)
        }),
      ),
  )
  answerNow()
  expect(await heard).toEqual({ beta: false })
  expect(await read(page, 'beta')).toBe(false)
  expect(server.asked).toHaveLength(2)
})

test('what identify sets on one page goes with the question about flags on the next one', async ({ context, open }) => {
  const server = await flagsServer(context, () => ({ beta: true }))
  const page = await open()
  await read(page, 'beta')
  const before = await page.evaluate(() => {
    const id = window.outlast.getDistinctId()
    window.outlast.identify('alice', { plan: 'pro' })
    window.outlast.group('company', 'acme')
    return id
  })
  await page.reload()
  await read(page, 'beta')
  expect(server.asked.at(-1)).toMatchObject({
    distinct_id: 'alice',
    $anon_distinct_id: before,
    $device_id: before,
    person_properties: { plan: 'pro' },
    groups: { company: 'acme' },
  })
})

test('no tab answers with the flags of a person who has logged out in another tab', async ({ context, open }) => {
  const server = await flagsServer(context, ({ distinct_id }) => ({ who: distinct_id }))
  const [a, b] = [await open(), await open()]
  await a.evaluate(() => window.outlast.identify('ada'))
  expect(await read(a, 'who')).toBe('ada')
  await expect.poll(() => b.evaluate(() => window.outlast.getDistinctId())).toBe('ada')
  expect(await read(b, 'who')).toBe('ada')
  const told = b.evaluate(
    () =>
      new Promise((resolve) =>
        window.outlast.onFeatureFlags((flags) => {
          if (flags.who !== undefined && flags.who !== 'ada') resolve(flags.who)
        }),
      ),
  )
  await a.evaluate(() => window.outlast.reset())
  const next = await a.evaluate(() => window.outlast.getDistinctId())
  // The other tab hears of it without a question.
  expect(await told).toBe(next)
  expect(await read(b, 'who')).toBe(next)
  expect(await a.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('ada')
  expect(server.asked.length).toBeLessThanOrEqual(5)
})

test('a server that fails is asked once, however many questions there are', async ({ context, open }) => {
  const server = await flagsServer(context, () => 500)
  const page = await open()
  const answers = await page.evaluate(async () => {
    const all: unknown[] = []
    for (let n = 0; n < 50; n++) all.push(await window.outlast.getFeatureFlag(`flag-${n}`, { sendEvent: false }))
    return all
  })
  expect(new Set(answers)).toEqual(new Set([undefined]))
  expect(server.asked).toHaveLength(1)
})

test('events carry the flags in force', async ({ context, open, received }) => {
  await flagsServer(context, () => ({ beta: true, colour: 'blue', old: false }))
  const page = await open()
  await page.evaluate(async () => {
    await window.outlast.getFeatureFlags()
    window.outlast.capture('paid')
  })
  const [event] = await received(1)
  expect(event?.properties).toMatchObject({
    '$feature/beta': true,
    '$feature/colour': 'blue',
    '$feature/old': false,
    $active_feature_flags: ['beta', 'colour'],
  })
})

for (const consent of ['pending', 'denied']) {
  test(`where consent is '${consent}' a question with a default is answered with it, and the server is not asked`, async ({
    context,
    open,
  }) => {
    const server = await flagsServer(context, () => ({ beta: true }))
    const page = await open({ consent })
    expect(await page.evaluate(() => window.outlast.isFeatureEnabled('beta', { defaultValue: false }))).toBe(false)
    expect(server.asked).toEqual([])
  })
}
