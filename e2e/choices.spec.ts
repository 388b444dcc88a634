/** Choices that follow each other, in one tab or several, with what is captured before, between and after them. */

import { setTimeout as pause } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright'
import { launchKillable, withProfile } from './browser'
import { watchErrors } from './fixtures'
import { holdTheDisk, holdTheOpening, holdTheRules } from './hold-tables'
import { DELIVERY_FILE, expect, fillLocalStorage, test } from './late-site'
import { leave } from './leave'
import { choiceOnDisk } from './on-device'
import { capture, captureAndForget, PAGE, stats } from './told'
import { optOutAndWrite } from './yardstick'

/** Chromium writes localStorage to the disk by itself after some seconds, in ms. */
const WRITTEN_AFTER_MS = 10_000

/** How soon a choice is on disk, but not in localStorage, in ms. */
const CHOSEN_WITHIN_MS = 500

/** Longer than a page's first code takes to read what the disk says of choices, in ms. */
const READ_AFTER_MS = 1_000

const choose = (page: Page, choice: 'optIn' | 'optOut') => page.evaluate((name) => window.outlast[name](), choice)

/** A visit by a person who opted out in an earlier one, of which IndexedDB alone knows, since the site emptied localStorage. */
async function visitAfterRefusal<Options>(visit: (options: Options) => Promise<Page>, options: Options): Promise<Page> {
  const first = await visit(options)
  await choose(first, 'optOut')
  await first.evaluate(() => window.outlast.ready)
  await first.evaluate(() => localStorage.clear())
  await leave(first)
  return visit(options)
}

/** What is captured later was captured in a later millisecond. */
const nextMillisecond = (page: Page) =>
  page.evaluate(async () => {
    for (const now = Date.now(); Date.now() === now; ) await new Promise((resolve) => setTimeout(resolve))
  })

for (const options of [{}, { worker: false }]) {
  const host = 'worker' in options ? 'a page that hosts its queue' : 'a page with a worker'

  for (const clear of [false, true]) {
    test(`P5, P10: ${host}: what is captured right after an optIn is delivered, 20 times after an optOut${clear ? ' with clear' : ''}`, async ({
      visit,
      received,
    }) => {
      const page = await visit(options)
      await page.evaluate(() => window.outlast.ready)
      for (let times = 1; times <= 20; times++) {
        await page.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear)
        await nextMillisecond(page)
        await page.evaluate((name) => {
          window.outlast.optIn()
          window.outlast.capture(name)
        }, `agreed ${times}`)
        // Without this, the next `optOut({ clear: true })` may erase it, as it should: before it is sent, or before its
        // answer is stored.
        if (clear) {
          await received(times)
          await expect.poll(() => stats(page)).toMatchObject({ pending: 0 })
        }
      }
      const events = await received(20)
      expect(events.map(({ copies }) => copies)).toEqual(Array(20).fill(1))
      await expect.poll(() => stats(page)).toMatchObject({ delivered: 20, pending: 0, dropped: {} })
    })
  }

  test(`P5, P10: ${host}: an optIn that changes nothing refuses nothing that was captured before it`, async ({
    visit,
    received,
  }) => {
    const first = await visit(options)
    await choose(first, 'optOut')
    await nextMillisecond(first)
    await choose(first, 'optIn')
    await leave(first)
    for (let times = 1; times <= 5; times++) {
      const page = await visit(options)
      await captureAndForget(page, `of visit ${times}`)
      await nextMillisecond(page)
      await choose(page, 'optIn')
      await received(times)
      await leave(page)
    }
  })

  test(`P10: ${host}: an optOut that changes nothing lets nothing through that was captured before it`, async ({
    visit,
    collector,
  }) => {
    const page = await visitAfterRefusal(visit, options)
    await captureAndForget(page, 'never')
    await nextMillisecond(page)
    await choose(page, 'optOut')
    expect(await stats(page)).toMatchObject({ delivered: 0, pending: 0 })
    await leave(page)
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })

  test(`P10: ${host}: what was captured in a refusal stays refused, although an optIn and an event follow it`, async ({
    visit,
    received,
    collector,
  }) => {
    const page = await visitAfterRefusal(visit, options)
    await captureAndForget(page, 'refused')
    await nextMillisecond(page)
    await page.evaluate(() => {
      window.outlast.capture('refused too')
      window.outlast.optIn()
      window.outlast.capture('agreed')
    })
    const events = await received(1)
    expect(events.map(({ event }) => event)).toEqual(['agreed'])
    await leave(page)
    expect(await collector.stats()).toMatchObject({ events: 1 })
  })

  test(`P5, P10: ${host}: what was captured right before an optOut, by a page that is left at once, is delivered by the next`, async ({
    visit,
    received,
  }) => {
    const page = await visit(options)
    await page.evaluate(() => window.outlast.ready)
    await page.evaluate(() => {
      window.outlast.capture('under consent')
      window.outlast.optOut()
      location.href = '/away.html'
    })
    await page.waitForURL('**/away.html')
    await visit(options)
    const [event] = await received(1)
    expect(event).toMatchObject({ event: 'under consent' })
  })

  test(`P10: ${host}: a tab that localStorage could not tell of an optOut sends no beacon`, async ({
    visit,
    collector,
  }) => {
    const [page, other] = [await visit(options), await visit(options)]
    for (const one of [page, other]) await one.evaluate(() => window.outlast.ready)
    await fillLocalStorage(page)
    await choose(page, 'optOut')
    await expect.poll(() => other.evaluate(() => window.outlast.isOptOut())).toBe(true)
    await captureAndForget(other, 'never')
    await leave(other)
    await leave(page)
    const last = await visit(options)
    expect(await stats(last)).toMatchObject({ delivered: 0, pending: 0 })
    expect(await collector.stats()).toMatchObject({ events: 0 })
  })
}

test('P5, P10: what was captured under an optIn of a tab that closed before the disk had it is delivered, though the person refuses later', async ({
  visit,
  received,
}) => {
  const stays = await visit({})
  const closes = await visit({})
  for (const page of [stays, closes]) await page.evaluate(() => window.outlast.ready)
  await choose(stays, 'optOut')
  await stats(stays)
  const { letGo } = await holdTheRules(stays)
  await choose(closes, 'optIn')
  await nextMillisecond(closes)
  await captureAndForget(closes, 'agreed')
  await leave(closes)
  await letGo()
  await stats(stays)
  await choose(stays, 'optOut')
  await visit({})
  expect(await received(1)).toMatchObject([{ event: 'agreed' }])
})

test('P5, P10: an optOut with clear that the disk did not hear of in time holds, though the person agrees on the next page', async ({
  visit,
  site,
  context,
  collector,
  received,
}) => {
  await collector.fault({ mode: '503' })
  const closes = await visit({ worker: false })
  await capture(closes, 'of the erased person')
  const holder = await context.newPage()
  // Any document of this origin that runs no library.
  await holder.goto(`${site.url}/outlast/index.js`)
  const { letGo } = await holdTheDisk(holder)
  await closes.evaluate(() => window.outlast.optOut({ clear: true }))
  await leave(closes)
  await letGo()
  await collector.fault({ mode: 'ok' })

  // The person agrees before the late code is there.
  site.lateMs = 1_000
  const next = await visit({ worker: false })
  await choose(next, 'optIn')
  await capture(next, 'agreed')
  expect(await received(1)).toMatchObject([{ event: 'agreed' }])
  expect(await stats(next)).toMatchObject({ pending: 0, dropped: { opted_out: 1 } })
})

test('P5: what was captured before a refusal is delivered by a page whose localStorage has an earlier choice than the disk', async ({
  visit,
  collector,
  received,
}) => {
  collector.fault({ mode: '503' })
  const first = await visit({ worker: false })
  await capture(first, 'agreed')
  await choose(first, 'optOut')
  await first.evaluate(() => window.outlast.ready)
  // As a browser leaves it that is killed before it has written the last choice to disk.
  await first.evaluate(() => {
    const key = 'outlast:phc_test:opt_out_at'
    localStorage.setItem(key, String(Number(localStorage.getItem(key)) - 1_000))
  })
  await leave(first)
  collector.fault({ mode: 'ok' })
  await visit({ worker: false })
  expect(await received(1)).toMatchObject([{ event: 'agreed' }])
})

test('P10: a page that keeps events for a hook sends none of them, although the site deletes the database', async ({
  visit,
  collector,
}) => {
  const page = await visit({ worker: { url: '/nowhere.js', scope: '/', beforeSend: true } })
  await page.evaluate(() => window.outlast.ready)
  await captureAndForget(page, 'not seen by the hook')
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('outlast')
        deleting.onsuccess = resolve
        deleting.onerror = reject
      }),
  )
  await capture(page, 'after the database was deleted')
  await page.evaluate(() => window.outlast.flush())
  await leave(page)
  expect(await collector.stats()).toMatchObject({ events: 0 })
})

for (const isCodeLate of [false, true]) {
  test(`P10: an optIn in the first task after an erasure and a killed browser does not bring the person back${isCodeLate ? ', nor where the late code comes after what the disk says' : ''}`, async ({
    site,
    collector,
    received,
  }) => {
    test.setTimeout(60_000)
    const open = async (context: BrowserContext, file = '/') => {
      const page = await context.newPage()
      const init = encodeURIComponent(JSON.stringify({ host: collector.url, flushInterval: 200 }))
      await page.goto(`${site.url}${file}?init=${init}`)
      return page
    }
    await withProfile(async (profile) => {
      const first = await launchKillable(profile)
      const page = await open(first.context)
      await page.evaluate(() => window.outlast.ready)
      await page.evaluate(() => {
        window.outlast.identify('ada')
        window.outlast.register({ plan: 'pro' })
      })
      await received(1)
      await pause(WRITTEN_AFTER_MS)
      const at = await optOutAndWrite(page)
      await pause(Math.max(0, at + CHOSEN_WITHIN_MS - Date.now()))
      await first.kill()

      const second = await launchKillable(profile)
      const failOnErrors = watchErrors(second.context)
      site.lateMs = isCodeLate ? READ_AFTER_MS : 0
      const next = await open(second.context, '/opts-in.html')
      // Events of the very first task may be those of the erased person: they go with that person.
      await next.evaluate(() => window.outlast.ready)
      await next.evaluate(() => window.outlast.capture('of the next person'))
      await expect
        .poll(async () => (await collector.events()).filter(({ event }) => event === 'of the next person').length)
        .toBe(1)
      const later = (await collector.events()).filter(({ event }) => event !== '$identify')
      for (const event of later) {
        expect(event.distinct_id).not.toBe('ada')
        expect(event.properties).not.toHaveProperty('plan')
      }
      failOnErrors()
      await second.kill()
    })
  })
}

const CHOICE = 'outlast:phc_test:opt_out'

test('P10: a tab that reads the disk between the two writes of a refusal elsewhere does not write the consent over it', async ({
  visit,
}) => {
  const tab = await visit({})
  await tab.evaluate(() => window.outlast.ready)
  await choose(tab, 'optOut')
  await choose(tab, 'optIn')
  await choiceOnDisk(tab, false)
  // A frozen page that resumes reads the disk.
  const half = (key: string, value: string) =>
    tab.evaluate(
      ([name, text]) => {
        localStorage.setItem(name, text)
        document.dispatchEvent(new Event('resume'))
      },
      [key, value] as const,
    )
  await half(CHOICE, 'true')
  await stats(tab)
  await half(`${CHOICE}_at`, String((await tab.evaluate(() => Date.now())) + 1))
  await choiceOnDisk(tab, true)
  expect(await tab.evaluate(() => window.outlast.isOptOut())).toBe(true)
})

for (const options of [{ persistence: 'memory' }, { consent: 'pending' }])
  test(`P10: a refusal over which another tab wrote an earlier consent is written again by a tab with ${JSON.stringify(options)}`, async ({
    visit,
  }) => {
    const tab = await visit({})
    const other = await visit(options)
    for (const page of [tab, other]) await page.evaluate(() => window.outlast.ready)
    await choose(other, 'optOut')
    await expect.poll(() => tab.evaluate(() => window.outlast.isOptOut())).toBe(true)
    // A document of this origin without the library, as a tab that did not know of the refusal yet.
    await tab.goto(new URL('/away.html', tab.url()).href)
    await tab.evaluate((name) => {
      const at = Number(localStorage.getItem(`${name}_at`))
      localStorage.setItem(name, 'false')
      localStorage.setItem(`${name}_at`, String(at - 1))
    }, CHOICE)
    await expect.poll(() => tab.evaluate((name) => localStorage.getItem(name), CHOICE)).toBe('true')
  })

test.describe('a tab whose disk is late, and another one', () => {
  for (const clear of [false, true]) {
    test(`P10: a refusal (clear: ${clear}) is not undone on disk by an earlier consent in the late tab`, async ({
      visit,
      site,
      collector,
    }) => {
      const other = await visit({})
      await other.evaluate(() => window.outlast.ready)
      await choose(other, 'optOut')
      await choiceOnDisk(other, true)
      // The late code would write the later choice once more.
      site.hold(DELIVERY_FILE)
      let letGo: (() => Promise<void>) | undefined
      const late = await visit({}, PAGE, async (page) => {
        letGo = (await holdTheOpening(page)).letGo
      })
      await choose(late, 'optIn')
      await other.evaluate((erase) => window.outlast.optOut({ clear: erase }), clear)
      await expect.poll(() => late.evaluate(() => window.outlast.isOptOut())).toBe(true)
      // A refusal that follows a refusal changes nothing on disk but its time: the last events of the page are behind it.
      await stats(other)
      await leave(other)
      await letGo?.()
      await choiceOnDisk(late, true)
      await late.evaluate(() => localStorage.clear())
      await leave(late)

      site.recover(DELIVERY_FILE)
      const next = await visit({})
      await expect.poll(() => next.evaluate(() => window.outlast.isOptOut())).toBe(true)
      await captureAndForget(next, 'of a person who refused')
      expect(await stats(next)).toMatchObject({ delivered: 0, pending: 0 })
      await leave(next)
      expect(await collector.stats()).toMatchObject({ events: 0 })
    })
  }

  test('P5, P10: what is captured after the last consent is delivered, as the same person, although an erasure came between two consents', async ({
    visit,
    site,
    received,
  }) => {
    const other = await visit({})
    await other.evaluate(() => window.outlast.ready)
    await other.evaluate(() => window.outlast.optOut({ clear: true }))
    await choiceOnDisk(other, true)
    site.lateMs = READ_AFTER_MS
    let letGo: (() => Promise<void>) | undefined
    const late = await visit({}, PAGE, async (page) => {
      letGo = (await holdTheOpening(page)).letGo
    })
    await choose(late, 'optIn')
    await other.evaluate(() => window.outlast.optOut({ clear: true }))
    await stats(other)
    await leave(other)
    const person = await late.evaluate(() => {
      window.outlast.optIn()
      window.outlast.capture('agreed')
      return window.outlast.getDistinctId()
    })
    await letGo?.()
    expect(await received(1)).toMatchObject([{ event: 'agreed', distinct_id: person }])
    expect(await late.evaluate(() => window.outlast.getDistinctId())).toBe(person)
  })
})
