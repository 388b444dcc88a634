/** Defaults of the bounds that a page keeps itself before it hands events over. Sizes are in UTF-16 code units. */
export const INTAKE = { maxEventBytes: 1_000_000, maxQueueSize: 10_000, maxQueueBytes: 33_554_432 }
