/** When a lane's events become due (docs/protocol.md §4.2). */

import type { Millis } from '../base/ports'
import type { TransportSettings } from '../config/settings'
import type { LaneState } from './records'

/** When the lane is due, or `undefined` while it is empty. A time not after `now` means at once. */
export function laneDueAt(lane: LaneState, settings: TransportSettings, now: Millis): Millis | undefined {
  if (lane.count === 0) return undefined
  if (lane.due > 0 || lane.count >= settings.flushAt || lane.size >= settings.maxBatchBytes) return now
  // `since` is in the future if the clock was set back. The lane must not wait for as long as the clock jumped.
  return lane.since > now ? now : lane.since + settings.flushInterval
}

/** Makes all events of the lane due. Events that enter later begin an interval of their own. */
export function makeDue(lane: LaneState, now: Millis): void {
  if (lane.due > 0) return
  lane.due = lane.count
  lane.since = now
}

/** Counts the events of one chunk into the lane. */
export function enter(lane: LaneState, count: number, size: number, now: Millis): void {
  if (lane.count === 0) lane.since = now
  lane.count += count
  lane.size += size
  lane.chunks += 1
}

/** Counts events and chunks out of the lane. */
export function leave(lane: LaneState, count: number, size: number, chunks: number): void {
  lane.count = Math.max(0, lane.count - count)
  lane.size = Math.max(0, lane.size - size)
  lane.chunks = Math.max(0, lane.chunks - chunks)
  lane.due = Math.max(0, lane.due - count)
}
