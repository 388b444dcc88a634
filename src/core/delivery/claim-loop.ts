/** Claims batches one after the other and starts their requests, as many as there are slots. */

import { StorageError } from '../base/ports'
import { createSerial } from '../base/serial'
import type { Claim, Claimant, ClaimedBatch, Wanted } from '../queue/claim'
import type { Queue } from '../queue/queue'
import type { BatchGrowth } from './batch-growth'
import type { EndpointHealth } from './endpoint-health'
import type { InFlight } from './in-flight'
import { reportDrops } from './report-drops'
import type { SeenQueue } from './seen-queue'
import type { KnownSenders, SenderPresence } from './sender-presence'
import type { TransportPorts } from './transport-ports'

export interface ClaimLoop {
  /**
   * Claims one batch in its turn and starts its request. Waits for a free request slot; claims nothing when the
   * transport is paused or when `unwanted()`.
   */
  claim(wanted: Wanted, unwanted?: () => boolean): Promise<Claim>
  /** Starts requests for all batches that are due. Resolves with the claim that found no more of them. */
  startDue(): Promise<Claim>
  /** Starts requests for all new events, for a page that may not come back. Ends early if the endpoint takes none. */
  startNew(): Promise<void>
  /** Resolves once all claims that have been asked for have ended. */
  ended(): Promise<void>
}

interface ClaimLoopParts {
  queue: Queue
  ports: TransportPorts
  seen: SeenQueue
  inFlight: InFlight
  presence: SenderPresence
  health: EndpointHealth
  growth: BatchGrowth
  /** Starts the request of a claimed batch. */
  start(claimed: ClaimedBatch): void
}

export function createClaimLoop(parts: ClaimLoopParts): ClaimLoop {
  const { queue, ports, seen, inFlight, presence, health, growth, start } = parts
  const { clock, newId, hooks, askHeaders, senderId, report } = ports
  const claims = createSerial()
  let maxEvents = Number.POSITIVE_INFINITY

  async function claimOne(wanted: Wanted, unwanted = () => false): Promise<Claim> {
    seen.config ??= await queue.config()
    await inFlight.freeSlot(() => seen.config?.settings.maxConcurrentRequests ?? 1)
    if (inFlight.paused || unwanted()) return { pending: seen.pending, drops: [] }
    return presence.claim(wanted, (senders) => claimAndStart(wanted, senders))
  }

  async function claimAndStart(wanted: Wanted, senders: KnownSenders): Promise<Claim> {
    // The transport was paused while this claim waited for the lock.
    if (inFlight.paused) return { pending: seen.pending, drops: [] }
    const asks = askHeaders !== undefined
    const claimant: Claimant = { sender: senderId, newId, hooks, asks, ...(senders ? { senders } : {}) }
    const note = seen.look()
    const claim = await claimWhatFits(claimant, wanted)
    reportDrops(report, claim.drops)
    // The claim has repaired a damaged queue record, so the config can be read now.
    seen.config ??= await queue.config()
    if (claim.claimed) start(claim.claimed)
    note(claim.pending, inFlight.events)
    return claim
  }

  /**
   * Claims a batch that fits on the disk. A batch is written before its chunks are deleted, so on a full disk only a
   * smaller one may fit; its delivery makes room for more.
   */
  async function claimWhatFits(claimant: Claimant, wanted: Wanted): Promise<Claim> {
    for (;;) {
      const most = Math.min(maxEvents, growth.most)
      try {
        const claim = await queue.claim({ ...claimant, maxEvents: most }, wanted, clock.now())
        maxEvents *= 2
        return claim
      } catch (error) {
        const isFull = error instanceof StorageError && error.reason === 'full'
        if (!isFull || maxEvents <= 1) throw error
        maxEvents = Math.floor(Math.min(most, seen.config?.settings.maxBatchSize ?? 1) / 2) || 1
      }
    }
  }

  const claim = (wanted: Wanted, unwanted?: () => boolean) => claims.run(() => claimOne(wanted, unwanted))

  return {
    claim,
    async startDue() {
      for (;;) {
        const made = await claim({ kind: 'due' })
        if (!made.claimed || seen.isAllSent) return made
      }
    },
    async startNew() {
      const { failures } = health
      failures.reset()
      for (let more = true; more && !failures.isLong(); ) {
        const { claimed } = await claim({ kind: 'forced', before: Number.MAX_SAFE_INTEGER }, failures.isLong)
        more = claimed !== undefined
      }
    },
    ended: claims.ended,
  }
}
