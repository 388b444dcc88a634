/** Bounds that are no option: what the transport refuses whatever it is told. */

/** ms since the epoch: the end of the year 9999, the last that a timestamp can name. */
export const END_OF_TIME = 253_402_300_800_000

/** The longest delay, in ms: a day. A `setTimeout` of more than 2^31-1 ms would fire at once (docs/protocol.md §7). */
export const MAX_DELAY = 86_400_000

/** ms that `shutdown` takes at most, where it is not told. */
export const SHUTDOWN_TIMEOUT = 30_000

/** A v1 answer to a batch of 100 is about 10 kB; anything longer than this is not read to its end. */
export const MAX_REPLY_BYTES = 1_048_576

/** A lease of a sender that nobody can vouch for (no Web Locks) ends after this many ms, well past any request. */
export const LEASE_MS = 300_000

/** Events in one handover message, and in one stored chunk at most. */
export const MAX_HANDOVER_EVENTS = 500

/**
 * Size of a handover that a page makes, in UTF-16 code units: a burst of large events is several messages and
 * transactions, between which the host can do other things. An event alone may exceed it.
 */
export const MAX_HANDOVER_SIZE = 1_048_576

/**
 * Events that one handover may report as dropped: more than a page can make in its life, and so few that counters
 * which they are added to stay exact.
 */
export const MAX_HANDOVER_DROPS = 1_000_000_000

/** Counters and ids beyond this are no work of ours: adding to them would soon be inexact. */
export const MAX_COUNT = 1_000_000_000_000_000

/** Projects of an origin whose queues are kept, and whose transports a host keeps at hand. */
export const MAX_QUEUES = 100

/** Characters of a queue's name: an API key of at most 200 and a host of at most 2,000. */
export const MAX_QUEUE_NAME = 2_300

/** Chunks accepted more than this many ms apart do not share a batch, so that a batch has one age. */
export const BATCH_AGE_SPAN = 3_600_000

/** Gaps in a producer's sequence. A page resends everything unacknowledged, in order, so there are hardly any. */
export const MAX_OPEN_HANDOVERS = 1_000

/** Producers whose last sequence numbers are remembered, and for how many ms. */
export const MAX_PRODUCERS = 500

/** Damaged records kept for a look, per queue. */
export const MAX_ASIDE = 20

/**
 * How long in ms a failing endpoint holds up events that were in no request yet: it may be one batch alone that it
 * chokes on.
 */
export const FRESH_WAIT_MS = 1_000
