/** The bounds that a page keeps itself, before anything is handed over: what they are where nothing usable is given. */
export const INTAKE = { maxEventBytes: 1_000_000, maxQueueSize: 10_000, maxQueueBytes: 33_554_432 }
