import type { EventJson } from './event'

/** The size of events towards every bound, in UTF-16 code units of their JSON: for ASCII these are bytes. */
export const sizeOf = (events: readonly EventJson[]) => events.reduce((sum, json) => sum + json.length, 0)
