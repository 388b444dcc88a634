/** One round: pages under load, faults on two lanes, then peace, and the account of it. */

import { until } from '../../e2e/replays/until'
import type { Site } from '../../e2e/site'
import type { Relay } from '../../src/relay'
import { createRandom } from '../support/random'
import { type Account, account, type Disturbance, NOTHING } from './account'
import { type AccountOfRequests, accountOfRequests, NO_REQUESTS } from './account-of-requests'
import { consentOf } from './consent'
import type { Endpoint } from './endpoint'
import { FAULTS, type Fault } from './faults'
import type { Files } from './files'
import type { Plan, PlannedFault } from './plan'
import { createRecorder, type Recorder } from './recorder'
import { createVisitor, type Visitor } from './visitor'

/** A worker may have to be installed first, in ms. */
const FIRST_COMMIT_LIMIT_MS = 10_000

/** A queue is drained that has been empty for so many ms: what earlier pages left may be taken up in between. */
const EMPTY_MS = 1_500

/** The longest that a page may take to know what the person chose on an earlier one, in ms. */
const KNOW_LIMIT_MS = 10_000

/** The longest that a queue may take to drain once there is peace, in ms. */
const DRAIN_LIMIT_MS = 60_000

/** A round that takes longer hangs, in ms. */
const ROUND_LIMIT_MS = 180_000

declare global {
  interface Window {
    /** Of `page/load.js`. */
    send: Relay
  }
}

export type RoundResult = Account & AccountOfRequests & { faults: Record<string, number>; seconds: number }

export function playRound(
  plan: Plan,
  {
    site,
    endpoint,
    files,
    profile,
    safeMs,
  }: { site: Site; endpoint: Endpoint; files: Files; profile: string; safeMs: number },
): { result: Promise<RoundResult>; stop: () => Promise<void> } {
  const started = performance.now()
  const mark = `${plan.seed}:${Date.now()}`
  const random = createRandom(plan.seed + 1)
  const recorder = createRecorder(safeMs)
  const disturbances: Disturbance[] = []
  const faults: Record<string, number> = {}
  const common = { mark, host: endpoint.url, requests: endpoint.requests.url }
  const visitor = createVisitor({ profile, site, recorder, random, common })
  let step = 'opening tabs'

  const world = { visitor, endpoint, files, kinds: plan.tabs, random }

  async function play() {
    await endpoint.forget()
    await visitor.launch()
    if (plan.ofSite !== undefined) await playFault(plan.ofSite)
    if (plan.opening !== 'short-visits') await fillTabs()
    if (plan.opening === 'settled') await until(async () => recorder.acknowledged.size > 0, FIRST_COMMIT_LIMIT_MS)
    step = 'faults'
    await allOf(plan.lanes.map(playLane))
    step = 'ending'
    await disturb(end)
    files.set('at once')
    step = 'draining'
    const { stats, pending } = await drain(visitor, recorder)
    const received = await endpoint.events()
    const { captured, acknowledged, owed, dropped, choices } = recorder
    const told = { captured, acknowledged, owed, dropped, choices }
    const ofEvents = account({ mark, ...told, received, requests: endpoint.seen(), disturbances, stats })
    const seen = endpoint.requests.seen()
    const ofRequests = accountOfRequests({ mark, ...recorder.requests, seen, disturbances, pending })
    return { ...ofEvents, ...ofRequests, breaches: [...ofEvents.breaches, ...ofRequests.breaches] }
  }

  async function playLane(lane: PlannedFault[]) {
    for (const { name, afterMs } of lane) {
      await pause(afterMs)
      const { lane } = await playFault(name)
      if (lane === 'browser') await fillTabs()
    }
  }

  async function playFault(name: string) {
    const fault = FAULTS[name] as Fault
    const work = () => fault.run(world)
    await (fault.silencesSenders ? disturb(work) : work())
    faults[name] = (faults[name] ?? 0) + 1
    return fault
  }

  async function disturb(work: () => Promise<unknown>) {
    const from = Date.now()
    await work()
    disturbances.push({ from, to: Date.now() })
  }

  async function fillTabs() {
    const open = new Set([...visitor.tabs].map(({ kind }) => kind))
    for (const kind of plan.tabs) if (!open.has(kind)) await visitor.openTab(kind)
  }

  /** Under load to the last moment. */
  async function end() {
    if (plan.ending === 'kill') await visitor.kill()
    else await Promise.all([...visitor.tabs].map((tab) => visitor.close(tab)))
  }

  const limit = AbortSignal.timeout(ROUND_LIMIT_MS)
  const hangs = new Promise((_, reject) => limit.addEventListener('abort', () => reject(limit.reason)))

  async function accounted() {
    try {
      return (await Promise.race([play(), hangs])) as Account & AccountOfRequests
    } catch (error) {
      const why = visitor.vanished ? 'the browser ended by itself' : error instanceof Error ? error.stack : error
      return { ...NOTHING, ...NO_REQUESTS, breaches: [`the round could not be played (${step}): ${why}`] }
    } finally {
      files.set('at once')
      await visitor.end()
    }
  }

  const result = accounted().then((found) => ({
    ...found,
    breaches: [...found.breaches, ...recorder.problems()],
    faults,
    seconds: (performance.now() - started) / 1000,
  }))
  return { result, stop: visitor.end }
}

/** The visitor comes back and stays until nothing is left. */
async function drain(visitor: Visitor, recorder: Recorder) {
  const page = await visitor.visit()
  await page.waitForFunction(() => window.outlast !== undefined && window.send !== undefined)
  const { refuses } = consentOf(recorder.choices)
  const isKnown = async () => (await page.evaluate(() => window.outlast.isOptOut())) === refuses
  if (refuses !== undefined && !(await until(isKnown, KNOW_LIMIT_MS))) {
    recorder.fail(`on the next visit isOptOut() is not ${refuses}, which the person chose`)
  }
  let emptySince = Number.POSITIVE_INFINITY
  await until(async () => {
    const pending = await page.evaluate(async () => (await window.outlast.pending()) + (await window.send.pending()))
    emptySince = pending === 0 ? Math.min(emptySince, Date.now()) : Number.POSITIVE_INFINITY
    return Date.now() - emptySince >= EMPTY_MS
  }, DRAIN_LIMIT_MS)
  return page.evaluate(async () => ({ stats: await window.outlast.stats(), pending: await window.send.pending() }))
}

/** All have ended when it settles, even if one failed. */
async function allOf(work: Promise<void>[]) {
  await Promise.allSettled(work)
  await Promise.all(work)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
