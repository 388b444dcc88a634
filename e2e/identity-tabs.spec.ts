/** Tabs of one origin: one person, whichever of them changed who it is, in real Chromium with a process for each. */

import type { Page } from 'playwright'
import { createRandom } from '../test/support/random'
import { expect, type Received, test } from './fixtures'

const capture = (page: Page, name: string) =>
  page.evaluate((event) => {
    window.outlast.capture(event)
    return { id: window.outlast.getDistinctId(), session: window.outlast.getSessionId() }
  }, name)

/** Another process hears of a change in localStorage a little later: it is there once a page of it reads it so. */
const settled = (pages: Page[]) =>
  expect
    .poll(
      async () => {
        const kept = await Promise.all(
          pages.map((page) => page.evaluate(() => JSON.stringify(Object.entries(localStorage).sort()))),
        )
        return new Set(kept).size
      },
      { intervals: [5] },
    )
    .toBe(1)

const named = (events: Received[], name: string) => events.find(({ event }) => event === name) as Received

test('P8, P10: a register in another tab does not bring back who logged out', { tag: '@quick' }, async ({
  open,
  received,
}) => {
  const [a, b] = [await open(), await open()]
  await a.evaluate(() => window.outlast.identify('ada'))
  await settled([a, b])
  const before = await capture(b, 'before')
  expect(before.id).toBe('ada')
  await a.evaluate(() => window.outlast.reset())
  await settled([a, b])
  await b.evaluate(() => window.outlast.register({ plan: 'free' }))
  const after = await capture(b, 'after')
  await settled([a, b])
  const next = await capture(await open(), 'new page')
  expect(after.id).not.toBe('ada')
  expect(after.session).not.toBe(before.session)
  expect(next).toEqual(after)
  const events = await received(4)
  for (const name of ['after', 'new page']) {
    expect(named(events, name)).toMatchObject({ distinct_id: after.id, properties: { plan: 'free' } })
  }
})

test('P8, P10: a tab whose site says in the task of init who it is leaves that person alone in the others', async ({
  open,
  received,
}) => {
  const who = (page: Page) => page.evaluate(() => [window.outlast.getDistinctId(), window.outlast.getAnonymousId()])
  const first = await open()
  await first.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
  })
  await received(1)
  const before = await who(first)
  for (let tab = 0; tab < 8; tab++) {
    const next = await open({ calls: [['identify', 'ada']] }, '/calls.html')
    await settled([first, next])
    expect(await who(first)).toEqual(before)
    expect(await who(next)).toEqual(before)
    await next.close()
  }
  const events = await received(9)
  expect(new Set(events.map(({ distinct_id }) => distinct_id))).toEqual(new Set(['ada']))
})

test('P10: a reset and an erasure leave no id of the person before in the record of the next one', async ({ open }) => {
  const page = await open({ personProfiles: 'identified_only' })
  await page.evaluate(() => window.outlast.setPersonProperties({ plan: 'pro' }))
  const before = await page.evaluate(() => window.outlast.getAnonymousId())
  const isKept = () => page.evaluate((id) => JSON.stringify(Object.entries(localStorage)).includes(id), before)
  await expect.poll(isKept).toBe(true)
  await page.evaluate(() => window.outlast.reset())
  expect(await isKept()).toBe(false)
})

test('P8, P10: a register in another tab does not make who logged in anonymous again', async ({ open }) => {
  const [a, b] = [await open(), await open()]
  await a.evaluate(() => window.outlast.identify('ada'))
  await settled([a, b])
  await b.evaluate(() => window.outlast.register({ plan: 'free' }))
  await settled([a, b])
  expect((await capture(b, 'there')).id).toBe('ada')
  expect((await capture(await open(), 'new page')).id).toBe('ada')
})

test('P8, P10: after a reset the other tab does not give the new person the old session', async ({ open }) => {
  const [a, b] = [await open(), await open()]
  const { session } = await capture(a, 'before')
  await settled([a, b])
  expect((await capture(b, 'before')).session).toBe(session)
  await a.evaluate(() => window.outlast.reset())
  await settled([a, b])
  const there = await capture(b, 'after')
  await settled([a, b])
  expect(there.session).not.toBe(session)
  expect(await capture(a, 'after')).toEqual(there)
})

test('P8: registers of three tabs at the very same time lose nothing, in storage and in each tab', async ({
  open,
  received,
}) => {
  const pages = [await open(), await open(), await open()]
  const each = 20
  await Promise.all(
    pages.map((page, tab) =>
      page.evaluate(
        async ([tab, each]) => {
          // All begin at the same tick of the clock that they share.
          const begin = Math.ceil(Date.now() / 250 + 1) * 250
          while (Date.now() < begin);
          for (let n = 0; n < each; n++) window.outlast.register({ [`from_${tab}_${n}`]: n, [`same_${n}`]: tab })
        },
        [tab, each] as const,
      ),
    ),
  )
  await settled(pages)
  for (const [tab, page] of pages.entries()) await capture(page, `tab ${tab}`)
  await capture(await open(), 'new page')
  const events = await received(4)
  const wanted = Object.fromEntries(
    pages.flatMap((_, tab) => Array.from({ length: each }, (_, n) => [`from_${tab}_${n}`, n])),
  )
  const same = (event: Received) => Array.from({ length: each }, (_, n) => event.properties[`same_${n}`])
  for (const name of ['tab 0', 'tab 1', 'tab 2', 'new page']) {
    expect(named(events, name).properties).toMatchObject(wanted)
    expect(same(named(events, name))).toEqual(same(named(events, 'new page')))
  }
})

test('P8: of identifies at the very same time, one is the person everywhere', async ({ open }) => {
  const pages = [await open(), await open(), await open()]
  await Promise.all(pages.map((page, tab) => page.evaluate((id) => window.outlast.identify(id), `user-${tab}`)))
  await settled(pages)
  const ids = await Promise.all([...pages, await open()].map(async (page) => (await capture(page, 'after')).id))
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toMatch(/^user-\d$/)
})

test('P8: a site that empties its storage does not make an open tab somebody else', async ({ open }) => {
  const page = await open()
  await page.evaluate(() => {
    window.outlast.identify('ada')
    window.outlast.register({ plan: 'pro' })
    localStorage.clear()
  })
  const here = await capture(page, 'here')
  expect(here.id).toBe('ada')
  const next = await open()
  expect(await capture(next, 'new page')).toEqual(here)
})

/** Of each run, chosen by its seed. */
const STEPS = 30

for (const seed of [1, 2, 3]) {
  test(`P8: whatever three tabs do in turn, each event is of the person of its moment (seed ${seed})`, async ({
    open,
    received,
  }) => {
    const { pick } = createRandom(seed)
    const pages = [await open(), await open(), await open()]
    const expected = new Map<string, { id: string; session: string; own: object; groups: object }>()
    let person = { id: await pages[0]?.evaluate(() => window.outlast.getDistinctId()), own: {}, groups: {} }
    let session: string | undefined
    const sessions = new Set<string>()
    /** How often an anonymous past became somebody's, and a group was new: an event of its own. */
    let ownEvents = 0
    let identified = false
    await settled(pages)
    for (let n = 0; n < STEPS; n++) {
      const page = pick(pages)
      const what = pick(['reset', 'identify', 'register', 'register', 'unregister', 'group', 'capture', 'capture'])
      if (what === 'reset') {
        const id = await page.evaluate(() => {
          window.outlast.reset()
          return window.outlast.getDistinctId()
        })
        expect(id).not.toBe(person.id)
        person = { id, own: {}, groups: {} }
        session = undefined
        identified = false
      } else if (what === 'identify') {
        person.id = `user-${n}`
        await page.evaluate((id) => window.outlast.identify(id), person.id)
        if (!identified) ownEvents += 1
        identified = true
      } else if (what === 'register') {
        const given = { [pick(['plan', 'seat'])]: n }
        person.own = { ...person.own, ...given }
        await page.evaluate((given) => window.outlast.register(given), given)
      } else if (what === 'unregister') {
        person.own = Object.fromEntries(Object.entries(person.own).filter(([name]) => name !== 'plan'))
        await page.evaluate(() => window.outlast.unregister('plan'))
      } else if (what === 'group') {
        person.groups = { company: `c-${n}` }
        ownEvents += 1
        await page.evaluate((key) => window.outlast.group('company', key), `c-${n}`)
      }
      await settled(pages)
      const now = await capture(pick(pages), `step ${n}`)
      await settled(pages)
      expect(now.id).toBe(person.id)
      if (session === undefined) expect(sessions).not.toContain(now.session)
      else expect(now.session).toBe(session)
      session = now.session
      sessions.add(session)
      expected.set(`step ${n}`, { ...now, own: person.own, groups: person.groups })
    }
    const events = await received(STEPS + ownEvents)
    for (const [name, { id, session, own, groups }] of expected) {
      const { distinct_id, properties } = named(events, name)
      const { $session_id, plan, seat, $groups = {} } = properties
      expect({ distinct_id, $session_id, plan, seat, $groups }, name).toEqual({
        distinct_id: id,
        $session_id: session,
        plan: undefined,
        seat: undefined,
        ...own,
        $groups: groups,
      })
    }
  })
}

/** Captures an event, and gives its window's id once the collector has it. */
async function windowOf(page: Page, name: string, received: (count: number) => Promise<Received[]>, count: number) {
  await page.evaluate((event) => window.outlast.capture(event), name)
  return named(await received(count), name).properties.$window_id
}

test('P8: a window that is opened from another has a window id of its own, and each keeps its own over a reload', {
  tag: '@quick',
}, async ({ open, received }) => {
  const page = await open()
  const own = await windowOf(page, 'first', received, 1)
  const [opened] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => void window.open(location.href))])
  await opened.waitForFunction(() => 'outlast' in window)
  // The browser has copied sessionStorage.
  expect(await opened.evaluate(() => JSON.stringify(sessionStorage))).toContain('window')
  const another = await windowOf(opened, 'opened', received, 2)
  expect(another).not.toBe(own)
  await page.reload()
  expect(await windowOf(page, 'reloaded', received, 3)).toBe(own)
  await opened.reload()
  expect(await windowOf(opened, 'opened, reloaded', received, 4)).toBe(another)
  await page.goto('about:blank')
  await page.goBack()
  await page.waitForFunction(() => 'outlast' in window)
  expect(await windowOf(page, 'back', received, 5)).toBe(own)
})

test('P8: after a reset nothing of the person before is in the sessionStorage of any tab', async ({
  open,
  received,
}) => {
  const [page, other] = [await open(), await open()]
  const own = await windowOf(page, 'first', received, 1)
  const others = await windowOf(other, 'second', received, 2)
  const former = await page.evaluate(() => window.outlast.getAnonymousId())
  const person = JSON.stringify({ of: former })
  for (const tab of [page, other]) {
    await tab.evaluate((text) => {
      const key = Object.keys(sessionStorage).find((name) => name.endsWith(':window')) ?? ''
      sessionStorage.setItem(key.replace('window', 'person'), text)
    }, person)
  }
  const kept = (of: Page) => of.evaluate(() => JSON.stringify({ ...sessionStorage }))
  expect(await kept(other)).toContain(others)
  await page.evaluate(() => window.outlast.reset())
  expect(await kept(page)).not.toContain(own)
  expect(await kept(page)).not.toContain(former)
  await expect.poll(() => kept(other)).not.toContain(others)
  expect(await kept(other)).not.toContain(former)
  await other.reload()
  expect(await windowOf(other, 'reloaded', received, 3)).not.toBe(others)
})

test('P8: a frame of the site comes and goes, and its page keeps the window id', async ({ open, received }) => {
  const page = await open()
  const own = await windowOf(page, 'first', received, 1)
  const inFrame = await page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.src = location.href
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve))
    frame.contentWindow?.outlast.capture('in a frame')
    await frame.contentWindow?.outlast.flush()
    const kept = { ...sessionStorage }
    frame.remove()
    return JSON.stringify(kept) === JSON.stringify({ ...sessionStorage })
  })
  expect(inFrame).toBe(true)
  expect(named(await received(2), 'in a frame').properties.$window_id).toBe(own)
  await page.reload()
  expect(await windowOf(page, 'reloaded', received, 3)).toBe(own)
})
