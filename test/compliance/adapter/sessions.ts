/** One SDK for each `test_id`, from its `/init` to its `/reset`, and what it is asked in between. */

import type { Engine, Instance } from './engine'
import { requestsMade } from './request-log'
import { readCapture, readFlagRead, readInit } from './requests'

export interface Answer {
  status: number
  body: Record<string, unknown>
}

interface Session {
  opening: Promise<Awaited<ReturnType<Engine['open']>>>
  /** When the harness last asked for something, in ms. */
  touchedAt: number
  captured: number
  discarded: boolean
}

/**
 * The harness resets at the start of a test and leaves the last state standing, so with a new id for each test nobody
 * ends the old ones. No test waits longer than 15 s between its calls.
 */
const IDLE_MS = 20_000

/** SDKs at once. With so many, a further one waits until an idle one can go. */
const MOST = 60

const OK = { status: 200, body: { success: true } }

export function createSessions({
  engine,
  wire,
  encoding,
}: {
  engine: Engine
  wire: 'v0' | 'v1'
  encoding: 'gzip' | 'deflate'
}) {
  const sessions = new Map<string | undefined, Session>()

  async function init(testId: string | undefined, raw: unknown) {
    const read = readInit(raw, { wire, encoding })
    if (!read.ok) return refuse(400, read.reason)
    await discard(testId)
    await room()
    const { apiKey, target, options } = read
    const session: Session = {
      opening: engine.open({ apiKey, target, testId, options }),
      touchedAt: performance.now(),
      captured: 0,
      discarded: false,
    }
    sessions.set(testId, session)
    const opened = await session.opening
    session.touchedAt = performance.now()
    if (opened.ok) return OK
    if (!session.discarded) sessions.delete(testId)
    return refuse(opened.status, opened.reason)
  }

  async function discard(testId: string | undefined) {
    const session = sessions.get(testId)
    if (!session) return
    sessions.delete(testId)
    session.discarded = true
    const opened = await session.opening
    if (opened.ok) await opened.instance.discard()
  }

  /** Resolves once there may be one more. */
  async function room() {
    while (sessions.size >= MOST) {
      const [oldest] = [...sessions].sort(([, a], [, b]) => a.touchedAt - b.touchedAt)
      if (!oldest) return
      const [testId, session] = oldest
      const waitMs = session.touchedAt + IDLE_MS - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      else await discard(testId)
    }
  }

  async function withInstance(
    testId: string | undefined,
    work: (session: Session, instance: Instance) => Promise<Answer>,
  ): Promise<Answer> {
    const session = sessions.get(testId)
    if (!session) return refuse(409, 'there is no SDK for this test: it was not initialized, or idle for too long')
    session.touchedAt = performance.now()
    const opened = await session.opening
    return opened.ok ? work(session, opened.instance) : refuse(opened.status, opened.reason)
  }

  async function capture(testId: string | undefined, raw: unknown, method: 'capture' | 'captureAi') {
    const read = readCapture(raw)
    if (!read.ok) return refuse(400, read.reason)
    return withInstance(testId, async (session, instance) => {
      const taken = await instance.call(method, read)
      if (!taken.ok) return refuse(taken.status, taken.reason)
      session.captured += 1
      return { status: 200, body: { success: true, uuid: taken.uuid } }
    })
  }

  return {
    init,
    capture: (testId: string | undefined, raw: unknown) => capture(testId, raw, 'capture'),
    captureAi: (testId: string | undefined, raw: unknown) => capture(testId, raw, 'captureAi'),

    flush: (testId: string | undefined) =>
      withInstance(testId, async (_session, instance) => {
        const flushed = await instance.call('flush')
        if (!flushed.ok) return refuse(flushed.status, flushed.reason)
        return { status: 200, body: { success: true, events_flushed: flushed.delivered } }
      }),

    async getFeatureFlag(testId: string | undefined, raw: unknown) {
      const read = readFlagRead(raw)
      if (!read.ok) return refuse(400, read.reason)
      return withInstance(testId, async (_session, instance) => {
        const flag = await instance.call('getFeatureFlag', read)
        if (!flag.ok) return refuse(flag.status, flag.reason)
        return { status: 200, body: { success: true, value: flag.value } }
      })
    },

    state: (testId: string | undefined) =>
      withInstance(testId, async (session, instance) => {
        const state = await instance.call('state')
        if (!state.ok) return refuse(state.status, state.reason)
        const requests = requestsMade(instance.log)
        const { pending, delivered } = state.stats as { pending: number; delivered: number }
        const body = {
          pending_events: pending,
          total_events_captured: session.captured,
          total_events_sent: delivered,
          total_retries: requests.filter(({ retry_attempt: attempt }) => attempt > 0).length,
          last_error: state.lastWarning,
          requests_made: requests,
        }
        return { status: 200, body }
      }),

    /** Works for ids that were never initialized, too. */
    async reset(testId: string | undefined) {
      await discard(testId)
      return OK
    },

    async close() {
      await Promise.all([...sessions.keys()].map(discard))
    },
  }
}

export const refuse = (status: number, reason: string): Answer => ({ status, body: { success: false, error: reason } })
