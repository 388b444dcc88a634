/** Delivery: every peer plays every story. */

import type { Browser, BrowserContext, Page } from 'playwright'
import { launch } from '../../e2e/browser'
import type { Run } from '../bench'
import type { Peer } from '../peers'
import { STORIES, type Story } from './stories'
import { type Visit, withVisit } from './visit'

export interface Told {
  story: string
  peer: string
  captured: number
  /** Events that were received at least once. */
  delivered: number
  /** Events that were not received in the time that the peer had. */
  lost: number
  /** Copies of events that had been received before. */
  duplicates: number
  requests: number
  /** The time from the first capture to the last event that is new. */
  lastDeliveryMs: number | null
  /** What kept the story from being played to its end. */
  error?: string
}

/** Stories are mostly waiting, so several are played at a time. */
const AT_ONCE = 14
/** What is missing so long after the last obstacle has gone is counted as lost. Retries of all peers are quicker. */
const PATIENCE_MS = 40_000
const QUICK_PATIENCE_MS = 10_000
/** What comes twice comes after what is awaited. */
const AFTERMATH_MS = 2_000

export async function measureDelivery(peers: Peer[], { quick, progress }: Run): Promise<Told[]> {
  const stories = STORIES.filter((story) => !quick || story.quick)
  // By peer, so that stories that wait are played beside stories that work, and the longest ones first.
  const plays = peers.flatMap((peer) => stories.toReversed().map((story) => ({ story, peer })))
  return playAll(plays, progress, quick ? { patienceMs: QUICK_PATIENCE_MS } : {})
}

/** Plays stories on peers, several at a time. */
export async function playAll(
  plays: { story: Story; peer: Peer }[],
  progress: (line: string) => void,
  {
    atOnce = AT_ONCE,
    patienceMs = PATIENCE_MS,
    untilStored = () => false,
  }: {
    atOnce?: number
    patienceMs?: number
    /** Whether a page of this peer is left only once its events are on the device, which a busy machine takes its time for. */
    untilStored?: (peer: Peer) => boolean
  },
): Promise<Told[]> {
  const waiting = [...plays]
  const told: Told[] = []
  const browser = await launch()
  try {
    const player = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const result = await playStory(next.story, next.peer, browser, {
          patienceMs,
          untilStored: untilStored(next.peer),
        })
        told.push(result)
        const { delivered, captured, duplicates, error } = result
        progress(
          `delivery ${told.length}/${plays.length} ${next.story.name}, ${next.peer.name}: ${error ?? `${delivered} of ${captured}${duplicates ? `, ${duplicates} twice` : ''}`}`,
        )
      }
    }
    await Promise.all(Array.from({ length: atOnce }, player))
  } finally {
    await browser.close()
  }
  const order = (one: Told) => STORIES.findIndex(({ name }) => name === one.story)
  return told.sort((a, b) => order(a) - order(b))
}

function playStory(
  story: Story,
  { name: peer, bridged }: Peer,
  browser: Browser,
  { patienceMs, untilStored }: { patienceMs: number; untilStored: boolean },
): Promise<Told> {
  return withVisit(peer, visitOf, { wire: bridged ?? peer })

  async function visitOf(visit: Visit): Promise<Told> {
    const contexts: BrowserContext[] = []
    const context = async () => {
      const made = await browser.newContext()
      contexts.push(made)
      return made
    }
    let error: string | undefined
    try {
      const handedOver = untilStored ? (page: Page) => visit.stored(page) : undefined
      await story.play({ visit, browser, context, patienceMs, handedOver })
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS))
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
    }
    await Promise.all(contexts.map((one) => one.close()))
    const { events: delivered, duplicates, requests } = await visit.ingest.account()
    const { captured, startedAt } = visit
    const lastDeliveryMs = delivered > 0 ? visit.ingest.lastNewAt() - startedAt : null
    const told = { story: story.name, peer, captured, delivered, lost: captured - delivered, duplicates, requests }
    return error === undefined ? { ...told, lastDeliveryMs } : { ...told, lastDeliveryMs, error }
  }
}
