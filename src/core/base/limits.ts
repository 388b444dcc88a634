/** Bounds that no option changes. */

/** The end of the year 9999, the last that a timestamp can name, in ms since the epoch. */
export const END_OF_TIME = 253_402_300_800_000

/** The longest delay, in ms: a day. A `setTimeout` of more than 2^31-1 ms would fire at once (docs/protocol.md §7). */
export const MAX_DELAY = 86_400_000

/** Default of the option `shutdownTimeout`, in ms. */
export const SHUTDOWN_TIMEOUT = 30_000

/** The longest answer that is read to its end, in bytes. A v1 answer to a batch of 100 events has about 10 kB. */
export const MAX_REPLY_BYTES = 1_048_576

/**
 * How long a lease lasts where no Web Locks show whether its sender is alive, in ms: ten times as long as a request may
 * take by default. Where `requestTimeout` is longer than a lease, a batch may be in two requests.
 */
export const LEASE_MS = 300_000

/** The most events in a handover, and in a stored chunk. */
export const MAX_HANDOVER_EVENTS = 500

/**
 * The largest handover that a page makes, in UTF-16 code units; a single event may exceed it. So a burst of large
 * events is several messages and transactions, between which the host can do other things.
 */
export const MAX_HANDOVER_SIZE = 1_048_576

/**
 * The most events that one handover may report as dropped: more than a page can make in its life, and few enough for
 * counters to stay exact.
 */
export const MAX_HANDOVER_DROPS = 1_000_000_000

/** The largest counter or id that is accepted: sums beyond it would soon be inexact. */
export const MAX_COUNT = 1_000_000_000_000_000

/** The most queues that an origin may have, and the most transports that a host keeps in memory. */
export const MAX_QUEUES = 100

/** The longest name of a queue, in characters: an API key has at most 200, a host at most 2,000. */
export const MAX_QUEUE_NAME = 2_300

/** Chunks that were accepted more than this many ms apart do not share a batch, which expires with its oldest event. */
export const BATCH_AGE_SPAN = 3_600_000

/** Chunks that were accepted more than this part of `maxEventAge` apart do not share a batch either. */
export const BATCH_AGE_SHARE = 0.1

/** The most gaps in a producer's sequence. A page resends unacknowledged handovers in order, so gaps are rare. */
export const MAX_SEQUENCE_GAPS = 1_000

/** The most producers of a queue whose sequence numbers are remembered. */
export const MAX_PRODUCERS = 500

/** The most damaged records of a queue that are set aside for inspection. */
export const MAX_ASIDE = 20

/**
 * The longest pause for events that were in no request yet, while requests fail, in ms: the endpoint may choke on a
 * single batch and take all others. A `Retry-After` may ask for a longer one, and while a content blocker stops all
 * requests the pause is the queue's.
 */
export const FRESH_WAIT_MS = 1_000

/**
 * The longest value that a person's client reads from storage, in characters: a longer one would make every event too
 * large.
 */
export const MAX_KEPT = 1_000_000

/** The most characters in the JSON of all super properties: half of what an event may be by default. */
export const MAX_SUPER_PROPERTIES = 500_000

/** The most characters of an address that is added to events: a hash may be as long as a page wants it to be. */
export const MAX_ADDRESS = 5_000
